from tests.cli.bench import Bench, decision

from nightlatch.core.events import Chained, Event, EventType
from nightlatch.core.policy import HOUR, MINUTE
from nightlatch.core.session import End
from nightlatch.explain.evidence import begun, gather
from nightlatch.ledger.writer import open_writer

START = 1_785_578_400_000_000


def _warp(at: int, by: int | None = None) -> Event:
    return Event(EventType.CLOCK_WARPED, at, detail={"action": "advance", "by": by} if by else {"action": "freeze"})


def test_a_leap_belongs_to_the_instant_at_which_it_leapt_off() -> None:
    assert begun(Chained(1, _warp(START + HOUR, HOUR), "", "")) == START
    assert begun(Chained(1, _warp(START), "", "")) == START


def test_what_belongs_to_the_session_is_gathered_and_nothing_else(bench: Bench) -> None:
    session = bench.session("aaaaaaaaaaaa", started_at=START, last_active_at=START + MINUTE)
    other = bench.session("bbbbbbbbbbbb", started_at=START)
    bench.record(_warp(START - HOUR), _warp(START + HOUR, HOUR - MINUTE), _warp(START + 3 * HOUR))
    bench.decide(
        [
            decision(session, "d1", START, activity=True),
            decision(session, "d2", START + 2 * MINUTE, activity=False),
            decision(session, "d3", START + 3 * MINUTE, activity=False, verdict="expired"),
            decision(other, "d4", START + 3 * MINUTE, activity=False),
        ]
    )
    writer = open_writer(bench.path)
    writer.end(session.id, End(START + HOUR, "admin"), bench.event(EventType.SESSION_ENDED, session, START + HOUR))
    writer.close()
    with bench.asked() as reader:
        evidence = gather(reader, bench.stored(session.id))
    assert [str(chained.event.type) for chained in evidence.events] == ["session.created", "session.ended"]
    assert [each.id for each in evidence.decisions] == ["d1", "d2", "d3"]
    assert [chained.event.at for chained in evidence.warps] == [START + HOUR]
    assert [each.id for each in evidence.uncounted] == ["d2"]
    assert evidence.version == evidence.events[-1].event.policy


def test_a_live_session_has_no_version_of_its_end(bench: Bench) -> None:
    session = bench.session("aaaaaaaaaaaa", started_at=START)
    with bench.asked() as reader:
        assert gather(reader, session).version == ""


def test_a_warp_that_a_reset_undid_belongs_to_no_later_session(bench: Bench) -> None:
    """Although its time, on the clock that it moved, lies after that session's start."""
    bench.record(_warp(START + HOUR))
    session = bench.session("aaaaaaaaaaaa", started_at=START)
    with bench.asked() as reader:
        assert gather(reader, bench.stored(session.id)).warps == []


def test_while_the_clock_stands_still_the_order_tells_what_came_after_the_last_activity(bench: Bench) -> None:
    session = bench.session("aaaaaaaaaaaa", started_at=START)
    bench.decide(
        [
            decision(session, "d1", START, activity=False),
            decision(session, "d2", START, activity=True),
            decision(session, "d3", START, activity=False),
            decision(session, "d4", START, activity=False, verdict="denied"),
            decision(session, "d5", START, activity=False),
        ]
    )
    with bench.asked() as reader:
        assert [each.id for each in gather(reader, bench.stored(session.id)).uncounted] == ["d3", "d5"]


def test_what_a_long_exchange_covers_is_before_the_last_activity(bench: Bench) -> None:
    session = bench.session("aaaaaaaaaaaa", started_at=START, last_active_at=START + 2 * MINUTE)
    bench.decide(
        [
            decision(session, "d1", START, activity=True),
            decision(session, "d2", START + MINUTE, activity=False),
            decision(session, "d3", START + 3 * MINUTE, activity=False),
        ]
    )
    with bench.asked() as reader:
        assert [each.id for each in gather(reader, bench.stored(session.id)).uncounted] == ["d3"]
