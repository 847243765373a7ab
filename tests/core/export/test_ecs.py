"""Against the field list that Elastic publishes (an extract, `tests/data/schemas/ecs.json`)."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.core.export.every_event import an_event_of

from nightlatch.core.events import EventType
from nightlatch.core.export.ecs import ecs_document
from nightlatch.core.instants import parse_rfc3339

FIELDS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "data" / "schemas" / "ecs.json").read_text())["fields"]
OWN = "nightlatch"
TYPES = {"keyword": str, "long": int, "date": str, "object": dict, "match_only_text": str}


@pytest.mark.parametrize("type_", EventType, ids=str)
def test_every_event_has_only_fields_that_exist_with_values_that_are_allowed(type_: EventType) -> None:
    for name, value in ecs_document(an_event_of(type_)).items():
        if name == OWN:
            continue
        field = FIELDS[name]
        values = value if field["array"] else [value]
        assert isinstance(value, list) == field["array"], name
        assert all(isinstance(each, TYPES[field["type"]]) for each in values), name
        assert all(each in field.get("allowed", values) for each in values), name


@pytest.mark.parametrize("type_", EventType, ids=str)
def test_the_type_is_one_that_its_category_expects(type_: EventType) -> None:
    document, expected = ecs_document(an_event_of(type_)), FIELDS["event.category"]["expected"]
    for category in document["event.category"]:
        assert set(document["event.type"]) <= set(expected[category]), category


def test_an_expiry_tells_its_clock_its_length_and_its_rule() -> None:
    document = ecs_document(an_event_of(EventType.SESSION_EXPIRED))
    assert document["event.duration"] == 1_312_500_000_000
    assert (document["event.reason"], document["rule.name"]) == ("idle timeout", "admin")
    assert document["labels"] == {"session": "s1"} and document["nightlatch"]["limit"] == 900
    assert parse_rfc3339(document["@timestamp"]) == 1_700_000_000_123_000


def test_an_alert_is_an_alert() -> None:
    assert ecs_document(an_event_of(EventType.ALERT_RAISED))["event.kind"] == "alert"
    assert ecs_document(an_event_of(EventType.SESSION_CREATED))["event.kind"] == "event"
