import json

from nightlatch.core.event_json import event_document
from nightlatch.core.events import GENESIS, Chained, Event, EventType

AT = 1_785_578_400_123_456


def test_an_event_has_the_common_fields_first_and_then_its_own() -> None:
    event = Event(
        EventType.SESSION_EXPIRED,
        AT,
        "abcdefghijkl",
        "ada",
        "10.0.0.0/24",
        "Firefox",
        "f" * 12,
        {"clock": "idle", "limit": 900_000_000, "elapsed": 1_312_999_999, "rule": None},
    )
    document = event_document(Chained(7, event, GENESIS, "a" * 64))
    assert list(document) == [
        *("id", "type", "at", "session", "subject", "network", "agent", "policy", "prev", "hash"),
        *("clock", "limit", "elapsed", "rule"),
    ]
    assert document["at"] == "2026-08-01T10:00:00.123Z"
    assert (document["limit"], document["elapsed"], document["rule"]) == (900, 1312, None)
    assert json.loads(json.dumps(document)) == document


def test_other_numbers_are_left_as_they_are() -> None:
    event = Event(EventType.ALERT_RAISED, AT, detail={"count": 10_000_000, "kept": True})
    document = event_document(Chained(1, event, GENESIS, "a" * 64))
    assert (document["count"], document["kept"], document["session"]) == (10_000_000, True, None)
