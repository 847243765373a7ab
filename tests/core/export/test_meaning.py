import pytest
from tests.core.export.every_event import an_event_of

from nightlatch.core.events import EventType
from nightlatch.core.export.meaning import MEANINGS, Severity, meaning, reason


@pytest.mark.parametrize("type_", EventType, ids=str)
def test_every_type_has_a_meaning(type_: EventType) -> None:
    assert meaning(an_event_of(type_).event) is MEANINGS[type_]


def test_the_reuse_of_an_ended_session_is_critical() -> None:
    worst = {type_ for type_, each in MEANINGS.items() if each.severity is Severity.CRITICAL}
    assert worst == {EventType.SESSION_REUSED_AFTER_END}


def test_what_begins_ends() -> None:
    assert {str(type_) for type_, each in MEANINGS.items() if each.phase == "end"} == {
        "session.expired",
        "session.ended",
    }


def test_the_reason_names_the_clock() -> None:
    assert reason(an_event_of(EventType.SESSION_EXPIRED).event) == "idle timeout"
    assert reason(an_event_of(EventType.SESSION_ENDED).event) == "logout"
    assert reason(an_event_of(EventType.SESSION_CREATED).event) is None
