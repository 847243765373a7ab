"""An alert as JSON: every field, instants as text, durations in seconds."""

from nightlatch.core.alert import Alert
from nightlatch.core.alert_json import alert_document
from nightlatch.core.policy import MINUTE, SECOND

AT = 1_700_000_000 * SECOND
ALERT = Alert(
    *(7, "refresh_storm", "s1", AT, AT + MINUTE, 12, "s1", "ada", "10.0.0.0/24", "curl", "end", "why", 9, "v1", True),
    {"window": MINUTE, "refreshes": 12, "from": None},
)


def test_every_field_is_there() -> None:
    told = alert_document(ALERT)
    assert told == {
        **{"id": 7, "detector": "refresh_storm", "count": 12, "session": "s1", "subject": "ada"},
        **{"raised_at": "2023-11-14T22:13:20.000Z", "last_at": "2023-11-14T22:14:20.000Z"},
        **{"network": "10.0.0.0/24", "agent": "curl", "then": "end", "why": "why", "event": 9, "policy": "v1"},
        **{"open": True, "detail": {"window": 60, "refreshes": 12, "from": None}},
    }
    assert set(told) - {"count"} | {"times", "key"} == set(Alert._fields)
