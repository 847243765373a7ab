"""Rolling credentials: renewed in time, the old one good for its grace, and a sign of theft after it."""

import pytest
from tests.proxy.bench import OWN, SCRIPT, Bench, cookie_of, response, the
from tests.proxy.conftest import Benches

from nightlatch.core.policy import MINUTE, SECOND
from nightlatch.core.session import State
from nightlatch.core.verdict import Kind

ROLLING = '[session]\nidle = "30m"\nabsolute = "8h"\nrolling = "10m"\ngrace = "10s"\n'


@pytest.fixture
def rolling(benches: Benches) -> Bench:
    return benches(ROLLING)


def test_it_is_renewed_when_it_is_due_and_not_before(rolling: Bench) -> None:
    cookie = rolling.log_in()
    rolling.later(10, us=-1)
    assert "set-cookie" not in response(rolling.visit(cookie=cookie)).headers
    rolling.later(us=1)
    flow = rolling.visit(cookie=cookie)
    line = response(flow).headers["set-cookie"]
    assert line.startswith(f"{OWN}=") and line.endswith("; Path=/; HttpOnly; SameSite=Lax")
    assert cookie_of(flow) != cookie


def test_the_application_does_not_lose_its_own_cookies_by_it(rolling: Bench) -> None:
    cookie = rolling.log_in()
    rolling.later(10)
    flow = rolling.visit("/", ("Set-Cookie", "theme=dark"), ("Set-Cookie", f"{OWN}=forged"), cookie=cookie)
    theme, own = response(flow).headers.get_all("set-cookie")
    assert theme == "theme=dark" and own.startswith(f"{OWN}=") and "forged" not in own


def test_the_session_goes_on_and_absolute_is_not_moved(rolling: Bench) -> None:
    cookie = rolling.log_in()
    before = rolling.session()
    rolling.later(10)
    flow = rolling.visit(cookie=cookie_of(rolling.visit(cookie=cookie)))
    assert rolling.session(flow).id == before.id
    assert rolling.session(flow).authenticated_at == before.authenticated_at
    assert rolling.trail()[-1] == "session.rotated"


def test_the_old_one_is_good_for_its_grace(rolling: Bench) -> None:
    old = rolling.log_in()
    rolling.later(10)
    fresh = cookie_of(rolling.visit(cookie=old))
    rolling.later(us=10 * SECOND - 1)
    flow = rolling.visit(cookie=old)
    assert the(flow).verdict.kind is Kind.ALLOW and "set-cookie" not in response(flow).headers
    assert rolling.kind(cookie=fresh) is Kind.ALLOW


def test_after_its_grace_the_old_one_ends_the_session(rolling: Bench) -> None:
    """Whoever presents it, the person or a thief: nobody can tell (law of trust 11)."""
    old = rolling.log_in()
    rolling.later(10)
    fresh = cookie_of(rolling.visit(cookie=old))
    rolling.later(us=10 * SECOND)
    assert rolling.kind(cookie=old) is Kind.REFUSED
    assert rolling.session().end == (rolling.wall, "rotation_reuse", None, None, None, None, None)
    assert rolling.kind(cookie=fresh) is Kind.REFUSED


def test_of_two_requests_at_once_one_renews(rolling: Bench) -> None:
    cookie = rolling.log_in()
    rolling.later(10)
    first, second = rolling.ask(cookie=cookie), rolling.ask(cookie=cookie)
    brought = [the(flow).fresh_credential for flow in (first, second)]
    assert brought[0] is not None and brought[1] is None
    assert rolling.trail().count("session.rotated") == 1


def test_a_refusal_renews_nothing(rolling: Bench) -> None:
    cookie = rolling.log_in()
    rolling.later(30)
    assert "set-cookie" not in response(rolling.ask(cookie=cookie, headers=SCRIPT)).headers
    assert rolling.session().state is State.EXPIRED and "session.rotated" not in rolling.trail()


def test_only_credentials_of_its_own_are_renewed(benches: Benches) -> None:
    bench = benches(ROLLING, identity="cookie:sid", login="redirect:/login")
    bench.visit(cookie="sid=abc")
    bench.later(20)
    assert "set-cookie" not in response(bench.visit(cookie="sid=abc")).headers


def test_rolling_expires_nobody(rolling: Bench) -> None:
    cookie = rolling.log_in()
    rolling.later(29)
    assert rolling.kind(cookie=cookie) is Kind.ALLOW
    assert rolling.session().authenticated_at == rolling.wall - 29 * MINUTE
