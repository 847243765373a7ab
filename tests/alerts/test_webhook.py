"""Webhooks: what is sent, and that its signature is what Standard Webhooks asks for."""

import base64
import json

import pytest
from tests.alerts.told import ALERT, T0, told

from nightlatch.alerts.webhook import SecretUnusable, Webhook, secret_of, signature
from nightlatch.core.alert_json import alert_document
from nightlatch.core.policy import SECOND
from nightlatch.ledger.alerts_port import Delivery


def test_the_example_of_the_standard() -> None:
    """From the specification's own test vectors."""
    key = secret_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = '{"test": 2432232314}'
    assert signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_a_signature_is_for_one_id_time_body_and_key() -> None:
    of = signature(b"k" * 16, "a", 1, "b")
    assert {signature(b"l" * 16, "a", 1, "b"), signature(b"k" * 16, "x", 1, "b")}.isdisjoint({of})
    assert signature(b"k" * 16, "a", 2, "b") != of != signature(b"k" * 16, "a", 1, "c")


@pytest.mark.parametrize("text", ["short", "whsec_", "whsec_c2hvcnQ=", "whsec_no base64 at all!", "x" * 15])
def test_a_secret_that_protects_nothing(text: str) -> None:
    with pytest.raises(SecretUnusable):
        secret_of(text)


def test_both_kinds_of_secret() -> None:
    assert secret_of("x" * 16) == b"x" * 16
    assert secret_of("whsec_" + base64.b64encode(b"y" * 24).decode()) == b"y" * 24


def test_an_alert_is_told_as_everybody_sees_it() -> None:
    hook = Webhook("https://hooks.example/x", None)
    body = hook.compose(told(count=3), "key", T0)
    assert body is not None
    assert json.loads(body) == {
        "schema": "nightlatch.alert/1",
        "delivery": "key",
        "event": 9,
        "alert": alert_document(ALERT) | {"count": 3},
    }
    assert hook.compose(told(alert=None), "key", T0) is None


def test_headers_name_the_delivery_and_the_attempt() -> None:
    delivery = Delivery("key", "r", 1, "body")
    bare = Webhook("https://hooks.example/x", None).headers(delivery, T0 + SECOND)
    assert bare == {
        "Content-Type": "application/json",
        "webhook-id": "key",
        "webhook-timestamp": str(T0 // SECOND + 1),
    }
    signed = Webhook("https://hooks.example/x", b"k" * 16).headers(delivery, T0)
    assert signed["webhook-signature"] == signature(b"k" * 16, "key", T0 // SECOND, "body")
