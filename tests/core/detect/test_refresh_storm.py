"""Refresh storms: ten in a minute are one, nine are none, and neither are ten in a day."""

from hypothesis import given
from hypothesis import strategies as st
from tests.core.detect.facts_at import a_fact, found

from nightlatch.core.detect.facts import Fact
from nightlatch.core.events import EventType
from nightlatch.core.policy import MINUTE, SECOND

KINDS = (EventType.SESSION_REFRESHED, EventType.SESSION_ROTATED, EventType.SESSION_EXTENDED)


def refreshes(count: int, every: int) -> list[Fact]:
    return [a_fact(KINDS[n % 3], n * every, id=n + 1) for n in range(count)]


def test_a_storm_of_any_mixture() -> None:
    (finding,) = found("refresh_storm", refreshes(10, SECOND))
    assert (finding.key, finding.session, finding.cause) == ("s1", "s1", 10)
    assert finding.detail == {"window": MINUTE, "refreshes": 10}
    assert finding.why == "The session was refreshed, rotated or extended 10 times within 1m."
    assert len(found("refresh_storm", refreshes(25, SECOND))) == 16


def test_what_is_no_storm() -> None:
    assert found("refresh_storm", refreshes(9, SECOND)) == []
    assert found("refresh_storm", refreshes(500, 10 * SECOND)) == []
    assert found("refresh_storm", [fact._replace(session=f"s{n}") for n, fact in enumerate(refreshes(50, 1))]) == []


@given(st.lists(st.integers(0, 5 * MINUTE), max_size=40).map(sorted), st.integers(2, 12))
def test_found_exactly_when_so_many_lie_in_the_window(times: list[int], count: int) -> None:
    for n, at in enumerate(times):
        expected = n + 1 >= count and at - times[n + 1 - count] < MINUTE
        facts = [a_fact(EventType.SESSION_REFRESHED, each) for each in times[: n + 1]]
        last = found("refresh_storm", facts, count=count)
        assert (bool(last) and last[-1].at == facts[-1].at) == expected or times.count(at) > 1
