from tests.replay.made import exchange, observed, policy
from tests.replay.report.made import TIGHT, morning, studied

from nightlatch.core.policy import Policy
from nightlatch.replay.findings import Finding, Level, findings
from nightlatch.replay.replaying import run
from nightlatch.replay.study import study


def found(under: Policy = TIGHT, *conditions: str) -> dict[str, list[Finding]]:
    told: dict[str, list[Finding]] = {}
    for each in studied(policies=(under,), sweeps=(), conditions=conditions).findings:
        told.setdefault(each.kind, []).append(each)
    return told


def test_what_is_lost_and_by_which_limit() -> None:
    (lost,) = found()["lost-write"]
    assert lost.message == "idle = 10m loses 1 write, such as POST /form (1234 bytes, a page that was open for 15m)"
    assert (lost.level, lost.place) == (Level.WARNING, (5, 1))


def test_whom_a_limit_cuts_and_who_noticed() -> None:
    told = [(each.message, each.place.line) for each in found()["session-cut"]]
    assert told == [
        ("idle = 10m cuts 2 sessions; in 2 of them a person noticed first", 5),
        ("idle = 2m of rule admin cuts 1 session; in 1 of them a person noticed first", 11),
    ]


def test_what_timers_do() -> None:
    (kept,) = found()["kept-alive-by-polling"]
    assert kept.message == (
        "1 session did not end by idle only because of what a timer sends: GET /poll (poll every 30s, 50 requests)"
    )
    assert "polling-counts" not in found()
    (counts,) = found(policy(3600, None))["polling-counts"]
    assert counts.message == "counts as activity although a timer sends it: GET /poll (poll every 30s, 50 requests)"
    assert found(policy(3600, None, passive="/poll")) == {}


def test_a_write_that_a_timer_sends_is_told_apart() -> None:
    beats = [exchange(60 * n, "/beat", method="POST") for n in range(8)]
    told = study(observed([*beats, exchange(1200, "/beat", method="POST")], policy(300, None))).findings
    assert "loses 1 write (1 of them by timers), such as POST /beat" in told[0].message


def test_a_rule_that_nothing_matched() -> None:
    (unmatched,) = found()["rule-never-matched"]
    assert (unmatched.level, unmatched.place.line) == (Level.NOTE, 14)
    assert unmatched.message == 'no request of the capture decided by rule "nobody\'s"'


def test_only_conditions_that_hold_are_findings_and_they_come_first() -> None:
    told = studied(policies=(TIGHT,), sweeps=(), conditions=["relogins>0", "relogins>99"]).findings
    assert [each.kind for each in told].count("condition") == 1
    assert (told[0].kind, told[0].level) == ("condition", Level.ERROR)
    assert [each.level for each in told] == sorted((each.level for each in told), key=list(Level).index)


def test_who_did_not_look_found_nothing() -> None:
    replayed = observed(morning(), TIGHT)
    blind = run(replayed.timeline, [TIGHT], replayed.presented.key)
    assert findings(blind.outcomes[0], (), ()) == ()
