"""A further token of a known session: logged once, no activity of its own, and `absolute` stays where it is."""

from collections.abc import Awaitable, Callable

import pytest
from tests.identity.minting import mint
from tests.proxy.bench import Bench, the
from tests.proxy.conftest import Benches

from nightlatch.core.policy import SECOND
from nightlatch.core.verdict import Kind
from nightlatch.ledger.port import LedgerWriter
from nightlatch.proxy.guard import Guard


def bearer_header(bench: Bench, **claims: object) -> dict[str, str]:
    now = bench.wall // SECOND
    return {"Authorization": "Bearer " + mint(**{"iat": now, "exp": now + 3600, **claims})}  # type: ignore[arg-type] # claims of any kind


def test_a_repeat_is_no_refresh_and_a_refresh_is_logged_once(bearer: Bench) -> None:
    first = bearer_header(bearer)
    for _ in range(3):
        assert bearer.kind(headers=first) is Kind.ALLOW
    bearer.later(1)
    second = bearer_header(bearer)
    for headers in (second, first, second, first):
        assert bearer.kind(headers=headers) is Kind.ALLOW
    assert bearer.trail() == ["session.created", "session.refreshed"]
    assert len(bearer.guard.reader.sessions()) == 1


def test_every_guard_on_the_ledger_knows_a_repeat(benches: Benches, bearer: Bench) -> None:
    settings = bearer.guard.settings
    first = bearer_header(bearer)
    bearer.kind(headers=first)
    bearer.later(1)
    second = bearer_header(bearer)
    bearer.kind(headers=second)
    bearer.guard._tokens.clear()
    assert settings.verifier is not None
    settings.verifier.forget()
    for headers in (first, second):
        assert bearer.kind(headers=headers) is Kind.ALLOW
    assert bearer.trail() == ["session.created", "session.refreshed"]


def test_a_session_that_ends_while_its_further_token_is_written_down_is_refused(
    bearer: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bearer.kind(headers=bearer_header(bearer))
    bearer.later(1)
    write = Guard.write

    def after_an_end(guard: Guard, call: Callable[[LedgerWriter], object]) -> Awaitable[object]:
        bearer.revoke(bearer.session())
        return write(guard, call)

    monkeypatch.setattr(Guard, "write", after_an_end)
    assert bearer.kind(headers=bearer_header(bearer)) is Kind.REFUSED
    assert bearer.trail()[:2] == ["session.created", "session.ended"]


def test_a_refresh_moves_absolute_not_at_all(benches: Benches, bearer: Bench) -> None:
    bearer.kind(headers=bearer_header(bearer))
    for _ in range(8 * 60 // 25 + 1):
        bearer.later(25)
        flow = bearer.visit(headers=bearer_header(bearer))
    assert the(flow).verdict.kind is Kind.EXPIRED
    assert str(the(flow).verdict.clock) == "absolute"


def test_a_passive_request_that_brings_a_new_token_does_not_keep_the_session_alive(bearer: Bench) -> None:
    bearer.kind(headers=bearer_header(bearer))
    for _ in range(3):
        bearer.later(9)
        assert bearer.kind(headers={**bearer_header(bearer), "Sec-Purpose": "prefetch"}) is Kind.ALLOW
    bearer.later(9)
    verdict = the(bearer.visit(headers=bearer_header(bearer))).verdict
    assert (verdict.kind, str(verdict.clock)) == (Kind.EXPIRED, "idle")


def test_a_new_token_of_an_ended_session_is_refused_and_no_refresh(bearer: Bench) -> None:
    flow = bearer.visit(headers=bearer_header(bearer))
    bearer.revoke(bearer.session(flow))
    bearer.later(1)
    assert bearer.kind(headers=bearer_header(bearer)) is Kind.REFUSED
    assert "session.refreshed" not in bearer.trail()


def test_a_dead_token_is_no_refresh(bearer: Bench) -> None:
    bearer.kind(headers=bearer_header(bearer))
    bearer.later(1)
    old = bearer.wall // SECOND - 7200
    assert bearer.kind(headers=bearer_header(bearer, iat=old, exp=old + 60)) is Kind.EXPIRED
    assert "session.refreshed" not in bearer.trail()


STEP_UP = '[[rule]]\nname = "admin"\nmatch = { path = "/admin/**" }\nrequire = { acr = ["aal2"], auth_age = "5m" }\n'


@pytest.fixture
def strict(benches: Benches, bearer: Bench) -> Bench:
    options = bearer.guard.settings
    assert options.verifier is not None
    key = str(bearer.ledger.parent / "key.pem")
    return benches(STEP_UP, identity="bearer", jwt_audience="app", jwt_key_file=key, jwt_algorithms="RS256")


def test_a_stronger_token_of_the_same_session_steps_up(strict: Bench) -> None:
    login = strict.wall // SECOND
    weak = bearer_header(strict, auth_time=login, acr="aal1")
    assert strict.kind(headers=weak) is Kind.ALLOW
    flow = strict.visit("/admin", headers=weak)
    assert the(flow).verdict.kind is Kind.STEP_UP
    strict.later(1)
    strong = bearer_header(strict, auth_time=strict.wall // SECOND, acr="aal2")
    assert strict.kind("/admin", headers=strong) is Kind.ALLOW
    assert strict.kind("/admin", headers=weak) is Kind.STEP_UP, "each token tells for itself"
    strict.later(5)
    assert strict.kind("/admin", headers=strong) is Kind.STEP_UP
    session = strict.session()
    assert session.authenticated_at == login * SECOND
    assert session.reauthenticated_at == login * SECOND + 60 * SECOND
    assert "step_up.satisfied" in strict.trail()


def test_a_login_in_the_future_counts_from_now(strict: Bench) -> None:
    now = strict.wall // SECOND
    strict.kind(headers=bearer_header(strict, auth_time=now))
    strict.later(1)
    strict.kind(headers=bearer_header(strict, auth_time=now + 86400))
    assert strict.session().reauthenticated_at == strict.guard.clock.now()
