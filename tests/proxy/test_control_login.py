"""Over HTTP it is tried by tests/web/test_login.py."""

import asyncio

import pytest
from tests.proxy.bench import SITE, Bench
from tests.proxy.conftest import Benches

from nightlatch.core.session import State
from nightlatch.core.verdict import Kind
from nightlatch.proxy.control_login import issue

ONE = "[concurrency]\nmax = 1\n"


def test_somebody_is_meant_where_nobody_is_configured(bench: Bench) -> None:
    _, session = bench.run(issue(bench.guard, SITE, None))
    found = bench.guard.reader.session(session)
    assert found is not None and found.subject == "alice"
    assert bench.trail() == ["login.succeeded", "session.created"]


def test_where_several_sites_are_guarded_nobody_knows_for_which(bench: Bench) -> None:
    with pytest.raises(ValueError, match="only the dev login"):
        bench.run(issue(bench.guard, "", "alice"))


def test_another_login_is_not_gone_round(benches: Benches) -> None:
    with pytest.raises(ValueError, match="redirect"):
        bench = benches(identity="cookie:sid", login="redirect:/login")
        bench.run(issue(bench.guard, SITE, "alice"))


def test_nobody_at_all_is_not_the_first(bench: Bench) -> None:
    with pytest.raises(ValueError, match="knows no ``"):
        bench.run(issue(bench.guard, SITE, ""))
    assert bench.trail() == ["login.failed"]


def test_who_has_as_many_sessions_as_may_be_gets_no_more(benches: Benches) -> None:
    bench = benches(f'{ONE}then = "refuse"\n')
    cookie = bench.log_in()
    with pytest.raises(ValueError, match="ada has a live session already, and the policy test allows no more"):
        bench.run(issue(bench.guard, SITE, "ada"))
    assert bench.kind(cookie=cookie) is Kind.ALLOW and bench.trail()[-1] == "login.failed"
    assert len(bench.guard.reader.sessions()) == 1
    bench.run(issue(bench.guard, SITE, "bob"))


def test_the_oldest_gives_way_to_it(benches: Benches) -> None:
    bench = benches(ONE)
    cookie = bench.log_in()
    bench.later(1)
    _, session = bench.run(issue(bench.guard, SITE, "ada"))
    assert bench.kind(cookie=cookie) is Kind.REFUSED
    assert [each.id for each in bench.guard.reader.sessions(state=State.ACTIVE)] == [session]


@pytest.mark.parametrize("then", ["end_oldest", "refuse"])
def test_of_several_at_once_one_stays(benches: Benches, then: str) -> None:
    bench = benches(f'{ONE}then = "{then}"\n')

    async def together() -> list[BaseException | tuple[str, str]]:
        return await asyncio.gather(*(issue(bench.guard, SITE, "ada") for _ in range(3)), return_exceptions=True)

    refused = [done for done in bench.run(together()) if isinstance(done, ValueError)]
    assert len(refused) == (2 if then == "refuse" else 0)
    assert len(bench.guard.reader.sessions(state=State.ACTIVE)) == 1
