from tests.ledger.samples import T0, an_event

from nightlatch.core.events import GENESIS, Chained, Event, EventType
from nightlatch.core.policy import DAY
from nightlatch.review.history import ending, history


def chained(*events: Event) -> list[Chained]:
    return [Chained(number, event, GENESIS, GENESIS) for number, event in enumerate(events, 1)]


def expired(clock: str, at: int = T0) -> Event:
    return an_event(EventType.SESSION_EXPIRED, at, detail={"clock": clock})


def test_sessions_are_counted_by_how_they_ended() -> None:
    logout = an_event(EventType.SESSION_ENDED, T0, detail={"reason": "logout"})
    found = history(chained(an_event(), expired("idle"), expired("idle"), expired("absolute"), logout))
    assert found.endings == {"idle": 2, "absolute": 1, "logout": 1}
    assert found.types[EventType.SESSION_EXPIRED] == 3


def test_logins_of_a_flood_count_as_often_as_they_were_tried() -> None:
    group = an_event(EventType.LOGIN_FAILED, detail={"reason": "signature", "count": 320})
    alert = an_event(EventType.ALERT_RAISED, detail={"count": 12})
    found = history(chained(group, an_event(EventType.LOGIN_FAILED), alert))
    assert (found.types[EventType.LOGIN_FAILED], found.types[EventType.ALERT_RAISED]) == (321, 1)


def test_days_are_those_on_which_something_happened() -> None:
    adopted = an_event(EventType.SESSION_ADOPTED, T0 + 2 * DAY)
    found = history(chained(an_event(), adopted, expired("idle", T0 + 2 * DAY)))
    assert [(day["started"], day["ended"]) for day in found.days()] == [(1, {}), (1, {"idle": 1})]


def test_policies_and_warps_are_kept_apart() -> None:
    loaded, refused = an_event(EventType.POLICY_LOADED), an_event(EventType.POLICY_REJECTED)
    found = history(chained(loaded, refused, an_event(EventType.CLOCK_WARPED)))
    assert (found.policies, found.warps) == ([loaded, refused], 1)
    assert ending(loaded) is None
