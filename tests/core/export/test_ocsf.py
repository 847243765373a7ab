"""Against the schema that OCSF publishes (an extract as JSON Schema, `tests/data/schemas/ocsf.json`)."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.core.export.every_event import AT, an_event_of

from nightlatch.core.events import EventType
from nightlatch.core.export.ocsf import ocsf_document

SCHEMAS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "data" / "schemas" / "ocsf.json").read_text())


def violations(document: dict[str, Any]) -> list[str]:
    schema = {**SCHEMAS["classes"][str(document["class_uid"])], "$defs": SCHEMAS["$defs"]}
    return [error.message for error in Draft202012Validator(schema).iter_errors(document)]


@pytest.mark.parametrize("type_", EventType, ids=str)
def test_every_event_is_valid(type_: EventType) -> None:
    assert violations(ocsf_document(an_event_of(type_))) == []


def test_the_schema_would_object() -> None:
    document = ocsf_document(an_event_of(EventType.SESSION_CREATED))
    assert violations({**document, "activity_id": 42}) and violations({**document, "sessions": []})
    assert violations({name: value for name, value in document.items() if name != "user"})


def test_a_login_is_a_logon_and_a_timeout_a_logoff_that_says_why() -> None:
    created = ocsf_document(an_event_of(EventType.SESSION_CREATED))
    expired = ocsf_document(an_event_of(EventType.SESSION_EXPIRED))
    assert (created["type_uid"], expired["type_uid"]) == (300201, 300202)
    assert expired["session"]["expiration_reason"] == "idle timeout"
    assert created["time"] == AT // 1000 and created["session"]["created_time"] == AT // 1000


def test_reuse_after_the_end_is_critical_and_a_failure() -> None:
    document = ocsf_document(an_event_of(EventType.SESSION_REUSED_AFTER_END))
    assert (document["severity_id"], document["status_id"]) == (5, 2)
    assert document["activity_id"] == 99 and document["activity_name"] == "session.reused_after_end"
