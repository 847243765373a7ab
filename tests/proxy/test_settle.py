"""Whatever the verdict, it is logged, counted, and carried out; only an allowed request touches its session."""

from tests.proxy.bench import OWN, Bench, the
from tests.proxy.conftest import Benches

from nightlatch.core.policy import MINUTE
from nightlatch.core.verdict import Kind
from nightlatch.metrics.snapshot import Decided

LATER = 5


def test_activity_counts_and_a_passive_request_does_not(bench: Bench) -> None:
    cookie = bench.log_in()
    started = bench.session().last_active_at
    bench.later(LATER)
    passive = bench.visit(cookie=cookie, headers={"Accept": "text/event-stream"})
    assert bench.session(passive).last_active_at == started
    active = bench.visit(cookie=cookie)
    assert bench.session(active).last_active_at == started + LATER * MINUTE


def test_every_verdict_is_logged_and_counted(benches: Benches) -> None:
    bench = benches('[[rule]]\nname = "open"\nmatch = { path = "/open" }\naccess = "public"\n')
    cookie = bench.log_in()
    before = bench.service.counting.decisions()
    flows = [bench.visit(path, cookie=c) for path, c in (("/", cookie), ("/open", ""), ("/", f"{OWN}=forged"))]
    assert [the(flow).verdict.kind for flow in flows] == [Kind.ALLOW, Kind.PUBLIC, Kind.INVALID]
    bench.written()
    for flow in flows:
        logged = bench.guard.reader.decision(the(flow).decision)
        assert logged is not None and logged.verdict == the(flow).verdict.kind
    counted = bench.service.counting.decisions() - before
    assert counted == {Decided("allow", "", ""): 1, Decided("public", "", "open"): 1, Decided("invalid", "", ""): 1}


def test_a_refusal_after_the_end_is_told_and_one_that_ends_it_is_not_told_twice(bench: Bench) -> None:
    cookie = bench.log_in()
    bench.later(30)
    assert bench.kind(cookie=cookie) is Kind.EXPIRED
    assert "session.reused_after_end" not in bench.trail()
    assert bench.kind(cookie=cookie) is Kind.EXPIRED
    assert bench.trail().count("session.reused_after_end") == 1
