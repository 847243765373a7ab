"""The stream: facts reach whom they concern, and memory stays within bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.detect.facts_at import ELSEWHERE, HOME, T0, a_fact

from nightlatch.core.detect import stream as module
from nightlatch.core.detect.stream import Stream
from nightlatch.core.detect.table import DETECTORS, IN_FORCE, RULES
from nightlatch.core.events import EventType
from nightlatch.core.policy import SECOND

REFRESHED = EventType.SESSION_REFRESHED


def test_only_what_is_on_is_wanted() -> None:
    assert not Stream({}).wants(str(REFRESHED))
    assert Stream(IN_FORCE).wants(str(REFRESHED))
    assert not Stream(IN_FORCE).wants("request.active")
    assert Stream(RULES).wants("request.active")
    assert Stream({}).feed(a_fact(REFRESHED)) == []


def test_time_can_start_anew() -> None:
    stream = Stream(IN_FORCE)
    for second in range(9):
        assert stream.feed(a_fact(REFRESHED, second * SECOND)) == []
    stream.forget()
    assert stream.feed(a_fact(REFRESHED, 9 * SECOND)) == []


def test_the_key_that_was_quiet_for_longest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 2)
    stream = Stream(IN_FORCE)
    for second in range(9):
        stream.feed(a_fact(REFRESHED, second * SECOND, session="busy"))
    stream.feed(a_fact(REFRESHED, 9 * SECOND, session="other"))
    stream.feed(a_fact(REFRESHED, 9 * SECOND, session="third"))
    assert stream.feed(a_fact(REFRESHED, 10 * SECOND, session="busy")) == []


def test_who_was_quiet_for_a_whole_window_is_forgotten() -> None:
    """A guard's memory follows what goes on, not how many sessions there have ever been."""
    stream = Stream(IN_FORCE)
    window = RULES["refresh_storm"].thresholds["window"]
    assert isinstance(window, int)
    stream.feed(a_fact(REFRESHED, 0, session="first"))
    stream.feed(a_fact(REFRESHED, window - 1, session="second"))
    assert set(stream._memory["refresh_storm"]) == {"first", "second"}
    stream.feed(a_fact(REFRESHED, window, session="third"))
    assert set(stream._memory["refresh_storm"]) == {"second", "third"}


WINDOWED = sorted(name for name, detector in DETECTORS.items() if detector.within_window)
HAPPENING = st.tuples(
    st.integers(0, 40),
    st.sampled_from(("s1", "s2", "s3")),
    st.sampled_from((HOME, ELSEWHERE)),
    st.sampled_from((1, 4)),
    st.integers(0, 9),
)
"""Tenths of a window since the one before, session, network, how many it tells of, and of what kind."""


@pytest.mark.parametrize("name", WINDOWED)
@given(happenings=st.lists(HAPPENING, max_size=40))
def test_nothing_that_is_forgotten_would_have_been_found(
    name: str, happenings: list[tuple[int, str, str, int, int]]
) -> None:
    detector, rule = DETECTORS[name], RULES[name]
    thresholds = {**rule.thresholds, "count": 3}
    stream, everything, at = Stream({name: rule._replace(thresholds=thresholds)}), dict[str, object](), 0
    kinds, window = sorted(detector.watches), rule.thresholds["window"]
    assert isinstance(window, int)
    for tenths, session, network, count, kind in happenings:
        at += tenths * window // 10
        told = {"path": "/", "count": count, "window": count * SECOND}
        fact = a_fact(kinds[kind % len(kinds)], at, session=session, subject=session, network=network, **told)
        key = detector.key(fact)
        assert key is not None
        everything[key], found = detector.step(everything.get(key), fact, thresholds)
        assert stream.feed(fact) == ([] if found is None else [found])
    assert all(since > T0 + at - window for since, _ in stream._memory[name].values())
