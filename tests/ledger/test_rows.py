"""Rows to values and back."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.samples import T0, a_guard, a_session, an_event, timeout

from nightlatch.core.events import EventType, canonical
from nightlatch.core.session import State
from nightlatch.ledger import rows


def test_the_columns_are_as_many_as_is_said() -> None:
    columns = rows.OWN_COLUMNS.split(", ")
    assert len(columns) == len(set(columns)) == rows.SESSION_WIDTH
    assert len(rows.row_of(a_session())) == rows.SESSION_WIDTH
    assert len(rows.row_of(a_session(state=State.EXPIRED, end=timeout(T0)))) == rows.SESSION_WIDTH


@pytest.mark.parametrize("text", ["[]", '["a"]', '["\\u00fc", "b,c"]'])
def test_names_of_a_json_array(text: str) -> None:
    assert rows.names_of(text) == {"[]": (), '["a"]': ("a",)}.get(text, ("ü", "b,c"))


@given(st.text() | st.characters(categories=["Cs"]))
def test_any_text_can_be_stored(text: str) -> None:
    database = sqlite3.connect(":memory:")
    (stored,) = database.execute("SELECT ?", (rows.storable(text),)).fetchone()
    database.close()
    assert stored == text or not text.isprintable()


def test_only_text_is_changed() -> None:
    assert [rows.storable(value) for value in (None, 1, True, b"\xff", "ü")] == [None, 1, True, b"\xff", "ü"]
    assert rows.storable("a\udcffb") == "a\\udcffb"


def test_an_event_is_read_from_its_payload() -> None:
    event = an_event(EventType.SESSION_EXPIRED, detail={"limit": 5, "ok": True, "rule": None, "why": "ü"})
    assert rows.event_of(canonical(event)) == event


def test_a_guard_comes_back() -> None:
    guard = a_guard("http://127.0.0.1:1")
    assert rows.guard_of(rows.guard_row(guard)) == guard
