"""The stream: facts reach whom they concern, and memory stays within bounds."""

import pytest
from tests.core.detect.facts_at import a_fact

from nightlatch.core.detect import stream as module
from nightlatch.core.detect.stream import Stream
from nightlatch.core.detect.table import IN_FORCE, RULES
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
