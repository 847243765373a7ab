"""What anybody can cause is told, each while it is little, in groups when it is much; nothing is lost, and the trail
does not grow with the flood."""

from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.events import Event, EventType, occurrences
from nightlatch.core.policy import SECOND
from nightlatch.proxy.counted_events import MOST_KINDS, ONE_BY_ONE, WITHIN, CountedEvents

T0 = 1_700_000_000 * SECOND


def failed(at: int = 0, network: str = "192.0.2.0/24", **detail: str) -> Event:
    return Event(EventType.LOGIN_FAILED, T0 + at, network=network, detail={"reason": "signature", **detail})


def flood(counted: CountedEvents, count: int, every: int) -> list[Event]:
    return [event for n in range(count) for event in counted.add(failed(n * every))]


def test_few_are_told_one_by_one_and_as_they_are() -> None:
    counted = CountedEvents()
    assert flood(counted, ONE_BY_ONE, SECOND) == [failed(n * SECOND) for n in range(ONE_BY_ONE)]
    assert counted.rest() == []


def test_a_flood_is_told_in_groups_at_once_and_to_the_last() -> None:
    counted = CountedEvents()
    told = flood(counted, 50_000, SECOND // 1000)
    assert len(told) < 25, "of fifty thousand within a minute"
    assert [occurrences(event) for event in told[ONE_BY_ONE:]] == [10 * 2**n for n in range(len(told) - ONE_BY_ONE)]
    assert told[ONE_BY_ONE].detail == {"reason": "signature", "count": 10, "window": 10 * SECOND // 1000}
    (last,) = counted.over(T0 + WITHIN)
    assert sum(map(occurrences, (*told, last))) == 50_000
    assert counted.over(T0 + WITHIN) == counted.rest() == []


def test_what_is_held_back_waits_for_a_minute_and_not_longer() -> None:
    counted = CountedEvents()
    flood(counted, 15, SECOND)
    assert counted.over(T0 + WITHIN - 1) == []
    told = counted.add(failed(WITHIN))
    assert [occurrences(event) for event in told] == [5, 1], "the minute is over, and another begins"


def test_a_guard_that_stops_and_a_clock_that_is_set_back_lose_nothing() -> None:
    counted = CountedEvents()
    flood(counted, 12, SECOND)
    assert [occurrences(event) for event in counted.add(failed(-SECOND))] == [2, 1]
    assert [occurrences(event) for event in flood(counted, 11, SECOND)] == [1] * (ONE_BY_ONE - 1)
    assert [occurrences(event) for event in counted.rest()] == [2]


def test_kinds_are_told_apart() -> None:
    counted = CountedEvents()
    flood(counted, 100, 1)
    for other in (failed(reason="audience"), failed(login="oidc"), failed(network="192.0.3.0/24")):
        assert counted.add(other) == [other]
    started = failed()._replace(type=EventType.LOGIN_STARTED)
    assert counted.add(started) == [started]


def test_a_flood_from_everywhere_is_bounded_too() -> None:
    counted = CountedEvents()
    told = [event for n in range(5 * MOST_KINDS) for event in counted.add(failed(n, network=f"2001:db8:{n:x}::/48"))]
    assert len(told) < MOST_KINDS + 30 and told[-1].network == ""
    assert sum(map(occurrences, (*told, *counted.rest()))) == 5 * MOST_KINDS


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20 * SECOND)), max_size=200))
def test_nothing_is_lost_or_told_twice(steps: list[tuple[int, int]]) -> None:
    counted, told, at = CountedEvents(), list[Event](), 0
    for network, later in steps:
        at += later
        told += counted.add(failed(at, network=str(network)))
        told += counted.over(T0 + at)
    assert sum(map(occurrences, (*told, *counted.rest()))) == len(steps)
