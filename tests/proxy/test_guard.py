"""The guard at work: what it may not go on without, whom it knows, and what it writes down."""

import pytest
from tests.proxy.bench import SITE, Bench, a_flow, the
from tests.proxy.conftest import Benches

from nightlatch.core.identity import Anonymous, Identity
from nightlatch.core.policy import MINUTE
from nightlatch.core.session import End, State
from nightlatch.ledger.port import LedgerError
from nightlatch.proxy.view import view


def test_it_does_not_go_on_while_writes_fail(bench: Bench) -> None:
    bench.guard.check()
    bench.guard.behind.failure = "The disk is full."
    with pytest.raises(LedgerError, match="full"):
        bench.guard.check()


def test_nor_with_a_ledger_that_was_deleted_or_replaced(bench: Bench) -> None:
    ledger = bench.ledger
    aside = ledger.with_name("aside")
    ledger.rename(aside)
    with pytest.raises(LedgerError, match="deleted or replaced"):
        bench.guard.check()
    ledger.write_bytes(b"")
    with pytest.raises(LedgerError, match="deleted or replaced"):
        bench.guard.check()
    aside.replace(ledger)
    bench.guard.check()


@pytest.mark.parametrize("name", ["-wal", "-shm"])
def test_nor_with_a_log_that_was_removed(bench: Bench, name: str) -> None:
    """Others would begin a new one, and neither would see the other's ends."""
    ledger = bench.ledger
    log = ledger.with_name(f"{ledger.name}{name}")
    log.rename(aside := ledger.with_name("aside"))
    with pytest.raises(LedgerError, match="start nightlatch anew"):
        bench.guard.check()
    log.write_bytes(b"")
    with pytest.raises(LedgerError, match="start nightlatch anew"):
        bench.guard.check()
    aside.replace(log)
    bench.guard.check()


def test_a_site_a_cookie_one_fingerprint(bench: Bench) -> None:
    guard = bench.guard
    now = guard.clock.now()
    request = view(a_flow(cookie="nightlatch-8080=x; nightlatch-9090=x"))
    here = guard.identify_at_once(request, SITE, "nightlatch-8080")
    there = guard.identify_at_once(request, "http://elsewhere", "nightlatch-8080")
    assert isinstance(here, Identity) and isinstance(there, Identity)
    assert here.fingerprint != there.fingerprint
    assert guard.identify_at_once(request, SITE, "nightlatch-1") == Anonymous()
    assert guard.find(Anonymous(), now) is None and guard.find(here, now) is None


def test_what_it_finds_has_what_is_not_yet_written(bench: Bench) -> None:
    cookie = bench.log_in()
    bench.later(10)
    flow = bench.visit(cookie=cookie)
    found = bench.guard.find(the(flow).arrival.identity, bench.wall)
    assert found is not None and found.session.last_active_at == bench.wall


def test_an_end_is_for_ever_and_the_first_one_wins(bench: Bench) -> None:
    bench.log_in()
    session, now = bench.session(), bench.wall
    bench.revoke(session)
    ended = bench.run(bench.guard.end(session, End(now + 1, "logout")))
    assert ended.state is State.ENDED and ended.end is not None and ended.end.reason == "admin"
    assert bench.trail().count("session.ended") == 1


def test_what_ran_out_and_when(bench: Bench) -> None:
    bench.log_in()
    session, deadline = bench.session(), bench.wall + 30 * MINUTE
    assert bench.guard.run_out(session, deadline - 1) is None
    end = bench.guard.run_out(session, deadline + MINUTE)
    assert end is not None and (end.at, end.reason, end.clock) == (deadline, "expired", "idle")


def test_without_limits_nothing_runs_out(benches: Benches) -> None:
    bench = benches('[session]\nidle = "off"\nabsolute = "off"\n')
    bench.log_in()
    assert bench.guard.run_out(bench.session(), bench.wall + 10**15) is None
