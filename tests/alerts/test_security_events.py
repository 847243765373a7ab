"""Security event tokens: the fields that SSF and CAEP ask for, and none that they forbid."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.alerts.told import ALERT, T0, told
from tests.e2e.receiver import Receiver
from tests.identity.minting import private_key, public_key

from nightlatch.alerts.channel import Fate, Told
from nightlatch.alerts.security_events import CAEP, SecurityEvents, SigningKeyUnusable, load_signing_key
from nightlatch.core.events import EventType
from nightlatch.core.policy import MINUTE, SECOND
from nightlatch.ledger.alerts_port import Delivery

ISSUER, AUDIENCE = "https://nightlatch.example", "https://rp.example"


def stream(url: str = "https://rp.example/events", token: str = "") -> SecurityEvents:
    return SecurityEvents(url, private_key("RS256", 0), ISSUER, AUDIENCE, token)  # type: ignore[arg-type] # it is RSA


def decoded(about: Told) -> dict[str, Any]:
    body = stream().compose(about, "key-1", T0 + 5 * SECOND)
    assert body is not None
    assert jwt.get_unverified_header(body) == {"alg": "RS256", "typ": "secevent+jwt"}
    return dict(jwt.decode(body, public_key("RS256", 0), ["RS256"], audience=AUDIENCE))


def test_an_expiry_is_a_revocation_by_the_policy() -> None:
    token = decoded(told(EventType.SESSION_EXPIRED, clock="idle", limit=15 * MINUTE, elapsed=16 * MINUTE))
    assert token == {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "jti": "key-1",
        "iat": T0 // SECOND + 5,
        "txn": "event-9",
        "sub_id": {
            "format": "complex",
            "session": {"format": "opaque", "id": "s1"},
            "user": {"format": "iss_sub", "iss": ISSUER, "sub": "ada"},
        },
        "events": {
            CAEP + "session-revoked": {
                "event_timestamp": T0 // SECOND,
                "initiating_entity": "policy",
                "reason_admin": {"en": "idle timeout, limit 15m"},
            }
        },
    }


@pytest.mark.parametrize(
    ("reason", "who"),
    [
        ("logout", "user"),
        ("admin", "admin"),
        ("backchannel", "system"),
        ("policy", "policy"),
        ("rotation_reuse", "policy"),
    ],
)
def test_who_ended_it(reason: str, who: str) -> None:
    (event,) = decoded(told(EventType.SESSION_ENDED, reason=reason))["events"].values()
    assert event["initiating_entity"] == who
    assert reason in event["reason_admin"]["en"]


def test_a_credential_in_the_wrong_hands_is_told_once() -> None:
    (event,) = decoded(told())["events"].items()
    assert event[0] == CAEP + "credential-change"
    assert (event[1]["change_type"], event[1]["credential_type"]) == ("revoke", "session")
    assert stream().compose(told(count=5), "k", T0) is None
    assert stream().compose(told(alert=ALERT._replace(detector="redirect_loop")), "k", T0) is None


def test_a_subject_that_nobody_knows_is_left_out() -> None:
    about = told(EventType.SESSION_ENDED, reason="logout")
    nameless = about._replace(chained=about.chained._replace(event=about.chained.event._replace(subject=None)))
    assert set(decoded(nameless)["sub_id"]) == {"format", "session"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


def test_what_the_receiver_says(receiver: Receiver) -> None:
    delivery = Delivery("k", "r", 1, "token")
    assert asyncio.run(stream(receiver.url, "hush").send([delivery], T0)).fate is Fate.DONE
    (got,) = receiver.got
    assert (got.headers["content-type"], got.headers["authorization"]) == ("application/secevent+jwt", "Bearer hush")
    receiver.status, receiver.answer = 400, b'{"err": "invalid_issuer", "description": "who?"}'
    assert asyncio.run(stream(receiver.url).send([delivery], T0)).fate is Fate.REFUSED
    receiver.status = 403
    assert asyncio.run(stream(receiver.url).send([delivery], T0)).fate is Fate.PUT_OFF


def test_keys_that_do_not_do(tmp_path: Path) -> None:
    with pytest.raises(SigningKeyUnusable):
        load_signing_key(tmp_path / "nowhere.pem")
    (tmp_path / "text.pem").write_text("no")
    with pytest.raises(SigningKeyUnusable, match="PEM"):
        load_signing_key(tmp_path / "text.pem")
    for name, key in (("short", rsa.generate_private_key(65537, 1024)), ("curve", private_key("ES256"))):
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (tmp_path / name).write_bytes(pem)
        with pytest.raises(SigningKeyUnusable, match="2048"):
            load_signing_key(tmp_path / name)
