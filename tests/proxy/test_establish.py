"""From a login to a session: always a new credential; on with the same session only for the same person."""

from tests.proxy.bench import OWN, Bench, a_flow

from nightlatch.core.authentication import Authentication, ProviderSession
from nightlatch.core.session import Session, State
from nightlatch.core.verdict import Kind
from nightlatch.proxy.arrival import Arrival, arrive
from nightlatch.proxy.establish import alive, establish

ADA = ProviderSession(b"ada", b"sid", 100)


def came(bench: Bench, cookie: str = "") -> Arrival:
    return arrive(bench.guard, a_flow(cookie=f"{OWN}={cookie}" if cookie else ""))


def in_by(bench: Bench, cookie: str = "", *, again: bool = True, **about: object) -> str:
    who = Authentication(**{"subject": "ada", "method": "oidc", "at": bench.guard.clock.now(), **about})  # type: ignore[arg-type] # fields by name
    return bench.run(establish(bench.guard, came(bench, cookie), who, again=again)).credential


def sessions(bench: Bench) -> list[Session]:
    return list(bench.guard.reader.sessions())


def test_who_how_and_when(bench: Bench) -> None:
    at = bench.wall - 5
    credential = in_by(bench, at=at, groups=("a",), amr=("pwd",), acr="gold", email="a@x", provider=ADA)
    (session,) = sessions(bench)
    assert (session.subject, session.groups, session.amr, session.acr, session.email) == (
        *("ada", ("a",), ("pwd",), "gold", "a@x"),
    )
    assert (session.authenticated_at, session.started_at) == (at, bench.wall)
    assert bench.guard.reader.provider_session(session.id) == ADA
    assert bench.kind(cookie=f"{OWN}={credential}") is Kind.ALLOW


def test_nobody_authenticates_in_the_future(bench: Bench) -> None:
    in_by(bench, at=bench.wall + 10**9)
    assert sessions(bench)[0].authenticated_at == bench.wall


def test_the_same_person_goes_on_and_the_old_credential_with_grace(bench: Bench) -> None:
    first = in_by(bench, provider=ADA)
    bench.later(1)
    second = in_by(bench, first, provider=ADA._replace(authenticated=200), acr="gold")
    (session,) = sessions(bench)
    assert (session.reauthenticated_at, session.acr) == (bench.wall, "gold")
    assert second != first
    assert bench.kind(cookie=f"{OWN}={first}") is bench.kind(cookie=f"{OWN}={second}") is Kind.ALLOW
    bench.later(1)
    assert bench.kind(cookie=f"{OWN}={second}") is Kind.ALLOW
    assert bench.kind(cookie=f"{OWN}={first}") is Kind.REFUSED


def test_tabs_that_come_back_with_the_same_login_share_the_session(bench: Bench) -> None:
    """The second has the first's credential, the third still the one before: none is lost, and no clock is moved."""
    first = in_by(bench, provider=ADA)
    second, third = in_by(bench, first, provider=ADA), in_by(bench, first, provider=ADA)
    (session,) = sessions(bench)
    assert session.reauthenticated_at is None
    assert bench.trail().count("step_up.satisfied") == 0
    assert bench.kind(cookie=f"{OWN}={second}") is bench.kind(cookie=f"{OWN}={third}") is Kind.ALLOW


def test_two_tabs_that_step_up_at_once_both_do(bench: Bench) -> None:
    first = in_by(bench, provider=ADA)
    bench.later(1)
    in_by(bench, first, provider=ADA._replace(authenticated=200))
    late = in_by(bench, first, provider=ADA._replace(authenticated=300), acr="gold")
    (session,) = sessions(bench)
    assert (session.acr, session.reauthenticated_at) == ("gold", bench.wall)
    assert bench.kind(cookie=f"{OWN}={late}") is Kind.ALLOW


def test_more_proof_without_a_new_login_moves_no_clock(bench: Bench) -> None:
    first = in_by(bench, provider=ADA)
    bench.later(1)
    in_by(bench, first, provider=ADA, acr="gold")
    (session,) = sessions(bench)
    assert (session.acr, session.reauthenticated_at) == ("gold", None)
    assert bench.trail()[-1] == "step_up.satisfied"


def test_a_name_that_was_given_to_somebody_else_is_somebody_else(bench: Bench) -> None:
    """The same subject claim, but the provider knows another person by it; or another kind of login does."""
    first = in_by(bench, provider=ADA)
    second = in_by(bench, first, provider=ADA._replace(subject=b"another ada"))
    in_by(bench, second)
    assert [session.state for session in sessions(bench)].count(State.ENDED) == 2
    assert len(sessions(bench)) == 3


def test_what_ran_out_is_not_alive(bench: Bench) -> None:
    first = in_by(bench)
    assert bench.run(alive(bench.guard, came(bench, first))) is not None
    bench.later(31)
    assert bench.run(alive(bench.guard, came(bench, first))) is None
    assert bench.run(alive(bench.guard, came(bench, "unknown"))) is bench.run(alive(bench.guard, came(bench))) is None


def test_a_credential_that_comes_back_after_its_grace_ends_the_session(bench: Bench) -> None:
    first = in_by(bench, provider=ADA)
    bench.later(1)
    in_by(bench, first, provider=ADA._replace(authenticated=200))
    bench.later(1)
    assert bench.run(alive(bench.guard, came(bench, first))) is None
    end = sessions(bench)[0].end
    assert end is not None and end.reason == "rotation_reuse"
