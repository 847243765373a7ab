"""Credentials seen for the first time: which become sessions, and since when (laws of trust 4 and 10)."""

from typing import Any

from tests.identity.minting import mint
from tests.proxy.bench import OWN, START, Bench, a_flow, response, the
from tests.proxy.conftest import Benches

from nightlatch.core.identity import Anonymous, Identity
from nightlatch.core.policy import MINUTE, SECOND
from nightlatch.core.verdict import Kind
from nightlatch.proxy.arrival import arrive
from nightlatch.proxy.newcomers import enrol, newcomer

NOW = START // SECOND


def bringing(**claims: Any) -> dict[str, str]:
    """A token minted ten minutes ago, good for an hour."""
    minted: dict[str, Any] = {"iat": NOW - 600, "exp": NOW + 3000} | claims
    return {"Authorization": f"Bearer {mint(**minted)}"}


def test_a_token_starts_a_session_when_its_person_authenticated(bearer: Bench) -> None:
    flow = bearer.visit(headers=bringing(auth_time=NOW - 1200))
    session = bearer.session(flow)
    assert (session.subject, session.source, session.started_at) == ("alice", "bearer", START)
    assert session.authenticated_at == START - 20 * MINUTE
    assert bearer.trail() == ["session.created"]


def test_without_auth_time_when_the_token_was_issued(bearer: Bench) -> None:
    assert bearer.session(bearer.visit(headers=bringing())).authenticated_at == START - 10 * MINUTE


def test_what_others_wrote_ages_by_a_warp_that_came_after_it(bearer: Bench) -> None:
    bearer.warp(30)
    session = bearer.session(bearer.visit(headers=bringing(auth_time=NOW - 1200)))
    assert session.started_at - session.authenticated_at == 50 * MINUTE


def test_an_auth_time_in_the_future_gives_no_more_time(bearer: Bench) -> None:
    assert bearer.session(bearer.visit(headers=bringing(auth_time=NOW + 9))).authenticated_at == START


def test_a_dead_token_starts_none(bearer: Bench) -> None:
    flow = bearer.visit(headers=bringing(exp=NOW - 60))
    assert (the(flow).verdict.kind, the(flow).verdict.clock, the(flow).session) == (Kind.EXPIRED, "token", None)
    assert list(bearer.guard.reader.sessions()) == [] and bearer.trail() == []


def test_one_whose_authentication_is_too_old_starts_none_either(bearer: Bench) -> None:
    flow = bearer.visit(headers=bringing(auth_time=NOW - 9 * 3600))
    assert (the(flow).verdict.kind, the(flow).verdict.clock) == (Kind.EXPIRED, "absolute")
    assert list(bearer.guard.reader.sessions()) == []


def test_a_refresh_is_the_same_session(bearer: Bench) -> None:
    first = bearer.session(bearer.visit(headers=bringing()))
    bearer.later(5)
    second = bearer.session(bearer.visit(headers=bringing(iat=NOW + 300, exp=NOW + 3900, jti="another")))
    assert first.id == second.id and second.authenticated_at == first.authenticated_at


def test_a_new_token_for_an_ended_key_is_refused(bearer: Bench) -> None:
    bearer.revoke(bearer.session(bearer.visit(headers=bringing())))
    assert bearer.kind(headers=bringing(iat=NOW, jti="another")) is Kind.REFUSED
    assert bearer.kind(headers=bringing(sid="s2")) is Kind.ALLOW


def test_a_public_request_starts_none(benches: Benches) -> None:
    bench = benches(identity="cookie:sid", public="/news")
    assert the(bench.visit("/news", cookie="sid=abc")).session is None
    assert list(bench.guard.reader.sessions()) == []


def test_nightlatchs_own_is_known_or_forged(bench: Bench) -> None:
    assert bench.kind(cookie=f"{OWN}=forged") is Kind.INVALID
    assert newcomer(bench.guard, arrive(bench.guard, a_flow(cookie=f"{OWN}=forged"))) is None


def test_nobody_is_no_newcomer(bench: Bench) -> None:
    arrival = arrive(bench.guard, a_flow())
    assert arrival.identity == Anonymous() and newcomer(bench.guard, arrival) is None
    bench.log_in()
    assert bench.run(enrol(bench.guard, arrival, bench.session())) is False


def test_the_second_to_enrol_the_same_credential_is_not_the_one(benches: Benches) -> None:
    bench = benches(identity="cookie:sid")
    arrival = arrive(bench.guard, a_flow(cookie="sid=abc", address="192.0.2.7", headers={"User-Agent": "curl/8"}))
    assert isinstance(arrival.identity, Identity)
    one, other = newcomer(bench.guard, arrival), newcomer(bench.guard, arrival)
    assert one is not None and other is not None and one.id != other.id
    assert [bench.run(enrol(bench.guard, arrival, each)) for each in (one, other)] == [True, False]
    assert (bench.session().id, bench.session().network) == (one.id, "192.0.2.0/24")
    assert bench.trail() == ["session.adopted"]


def test_a_forged_token_is_answered_401_and_leaves_no_trace(bearer: Bench) -> None:
    headers = {"Authorization": "Bearer " + mint(number=1, iat=NOW, exp=NOW + 60)}
    assert response(bearer.ask(headers=headers)).status_code == 401
    assert list(bearer.guard.reader.sessions()) == []
