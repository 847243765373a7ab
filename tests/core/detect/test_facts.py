"""Facts of events, and what can be asked of a detail."""

from nightlatch.core.detect.facts import Fact, of_event
from nightlatch.core.events import Chained, Event, EventType


def test_an_event_is_a_fact() -> None:
    event = Event(EventType.SESSION_ENDED, 7, "s1", "ada", "10.0.0.0/24", "curl", "v1", {"reason": "logout"})
    fact = of_event(Chained(3, event, "", ""))
    assert fact == Fact("session.ended", 7, "s1", "ada", "10.0.0.0/24", "curl", 3, {"reason": "logout"})
    assert (fact.text("reason"), fact.text("nothing"), fact.whole("reason"), fact.whole("nothing")) == (
        "logout",
        "",
        0,
        0,
    )
