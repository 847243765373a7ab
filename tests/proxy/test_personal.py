"""Tokens that name neither session nor login: one session a person, an end that holds, and a way back that is told."""

from typing import Any

import pytest
from tests.identity.minting import mint, pem, public_key
from tests.proxy.bench import Bench, the
from tests.proxy.conftest import Benches

from nightlatch.core.policy import SECOND
from nightlatch.core.verdict import Kind

Person = dict[str, str]


@pytest.fixture
def iap(benches: Benches, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    key = tmp_path_factory.mktemp("key") / "key.pem"
    key.write_bytes(pem(public_key("ES256")))
    policy = '[session]\nidle = "10m"\n[activity]\npassive = [{ path = "/poll" }]\n'
    options = {"identity": "assertion:google-iap", "jwt_audience": "app", "jwt_key_file": str(key)}
    return benches(policy, **options)


def asserted(bench: Bench, sub: str = "ada", **claims: object) -> Person:
    now = bench.wall // SECOND
    facts: dict[str, Any] = {
        "iss": "https://cloud.google.com/iap",
        "sid": None,
        "sub": sub,
        "iat": now,
        "exp": now + 600,
        **claims,
    }
    return {"X-Goog-IAP-JWT-Assertion": mint("ES256", **facts)}


def test_all_tokens_of_a_person_are_one_session(iap: Bench) -> None:
    for _ in range(5):
        assert iap.kind(headers=asserted(iap)) is Kind.ALLOW
        iap.later(5)
    assert iap.kind(headers=asserted(iap, "bob")) is Kind.ALLOW
    assert [session.subject for session in iap.guard.reader.sessions()] == ["bob", "ada"]


def test_an_expiry_is_seen_and_then_a_later_token_starts_anew(iap: Bench) -> None:
    iap.kind(headers=asserted(iap))
    iap.later(11)
    iap.sweep()
    expired = asserted(iap)
    flow = iap.visit(headers=expired)
    assert (the(flow).verdict.kind, str(the(flow).verdict.clock)) == (Kind.EXPIRED, "idle")
    iap.later(us=2 * SECOND)
    assert iap.kind(headers=asserted(iap)) is Kind.ALLOW
    assert iap.trail() == [
        *("session.created", "session.expired", "session.reused_after_end", "session.created", "login.silent")
    ]


def test_a_poll_does_not_lead_back(iap: Bench) -> None:
    iap.kind(headers=asserted(iap))
    iap.later(11)
    for _ in range(5):
        assert iap.kind("/poll", headers=asserted(iap)) is Kind.EXPIRED
        iap.later(us=2 * SECOND)


def test_what_was_minted_before_the_end_is_refused_for_ever(iap: Bench) -> None:
    first, unseen = asserted(iap), asserted(iap, jti="unseen")
    iap.kind(headers=first)
    iap.later(1)
    iap.revoke(iap.session())
    iap.later(1)
    assert iap.kind(headers=asserted(iap)) is Kind.REFUSED
    iap.later(1)
    assert iap.kind(headers=asserted(iap)) is Kind.ALLOW
    for old in (first, unseen):
        assert iap.kind(headers=old) is Kind.REFUSED
    iap.guard._tokens.clear()
    iap.guard.personal._told.clear()
    for old in (first, unseen):
        assert iap.kind(headers=old) is Kind.REFUSED


def test_a_restart_finds_the_session_that_lives(iap: Bench) -> None:
    for _ in range(3):
        iap.kind(headers=asserted(iap))
        iap.later(1)
        iap.revoke(iap.session())
        iap.later(1)
        iap.kind(headers=asserted(iap))
        iap.later(1)
    iap.kind(headers=asserted(iap))
    iap.guard.personal._told.clear()
    iap.guard._tokens.clear()
    iap.later(1)
    assert iap.kind(headers=asserted(iap)) is Kind.ALLOW
    assert len(iap.guard.reader.sessions()) == 4


def test_a_person_has_no_session_of_another_issuer(iap: Bench) -> None:
    iap.kind(headers=asserted(iap))
    assert iap.kind(headers=asserted(iap, iss="https://evil.example")) is Kind.INVALID
