"""Alerts on their way out of a guard that listens: signed, and neither lost nor repeated while the receiver is down and
the guard is killed."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from tests.e2e.attacks import FIREFOX, HOME, Visitor, alerts
from tests.e2e.processes import Guard
from tests.e2e.receiver import Receiver
from tests.e2e.upstream import Upstream
from tests.e2e.waiting import until
from tests.identity.minting import private_key, public_key

from nightlatch.alerts.webhook import signature
from nightlatch.ledger.reader import open_reader

Start = Callable[..., Guard]
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
KEY = b"0123456789abcdef0123456789abcdef"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


def backlog(guard: Guard) -> int:
    """How many deliveries wait in the guard's ledger."""
    reader = open_reader(guard.ledger)
    try:
        return sum(each.waiting for each in reader.backlogs())
    finally:
        reader.close()


def stolen(guard: Guard, agent: str = "curl/8") -> None:
    """A cookie is used in another program."""
    owner = Visitor(guard.url, HOME, FIREFOX)
    owner.login("ada")
    owner.navigate("/")
    owner.elsewhere(HOME, agent).fetch("/")


def test_a_receiver_that_is_down_and_a_guard_that_is_killed_lose_and_repeat_nothing(
    guards: Start, upstream: Upstream, receiver: Receiver
) -> None:
    options = ("--alert-webhook", receiver.url, "--alert-webhook-secret", SECRET)
    first = guards(upstream.url, *options)
    stolen(first)
    until(lambda: receiver.got, "the first delivery")
    receiver.stop()
    for _ in range(3):
        stolen(first)
    until(lambda: len(alerts(first)) == 4, "four alerts")
    until(lambda: "cannot be told" in first.log, "the guard to notice that the receiver is down")
    first.kill()
    second = guards(upstream.url, *options, ledger=first.ledger)
    stolen(second)
    until(lambda: len(alerts(second)) == 5, "the fifth alert")
    receiver.start()
    until(lambda: len(receiver.got) >= 5, "all of them", 40)
    until(lambda: not backlog(second), "the guard to note that all have arrived")
    told = [json.loads(each.body) for each in receiver.got]
    assert sorted(each["alert"]["id"] for each in told) == [1, 2, 3, 4, 5], "what was claimed by the killed may be last"
    assert len({each.headers["webhook-id"] for each in receiver.got}) == 5
    for each, document in zip(receiver.got, told, strict=True):
        key, stamp = each.headers["webhook-id"], int(each.headers["webhook-timestamp"])
        assert each.headers["webhook-signature"] == signature(KEY, key, stamp, each.body)
        assert (document["schema"], document["delivery"]) == ("nightlatch.alert/1", key)
    assert not any(cookie in str(receiver.got) for cookie in ("nightlatch-", "Cookie"))


def test_the_end_of_a_session_is_pushed_as_a_security_event_token(
    guards: Start, upstream: Upstream, receiver: Receiver, tmp_path: Path
) -> None:
    key = private_key("RS256", 0).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "signing.pem").write_bytes(key)
    names = {"url": receiver.url, "key-file": str(tmp_path / "signing.pem"), "issuer": "https://nightlatch.example"}
    options = {**names, "audience": "https://rp.example", "token": "receivers-token"}
    guard = guards(upstream.url, *(part for name in options for part in (f"--signals-{name}", options[name])))
    visitor = Visitor(guard.url)
    visitor.login("ada")
    (session,) = json.loads(guard.must("sessions", "list", "--json"))
    guard.must("sessions", "end", session["id"])
    until(lambda: receiver.got, "the token")
    (got,) = receiver.got
    assert got.headers["content-type"] == "application/secevent+jwt"
    assert got.headers["authorization"] == "Bearer receivers-token"
    assert jwt.get_unverified_header(got.body)["typ"] == "secevent+jwt"
    token = jwt.decode(got.body, public_key(), ["RS256"], audience="https://rp.example")
    (name,) = token["events"]
    assert name.endswith("/caep/event-type/session-revoked")
    assert token["sub_id"]["session"] == {"format": "opaque", "id": session["id"]}
    assert token["sub_id"]["user"]["sub"] == "ada"
    assert token["events"][name]["initiating_entity"] == "admin"
    assert not {"exp", "sub"} & set(token)
