"""Tables: each wrong type is reported at its value, each unknown key at itself, and reading goes on."""

import tomllib
from datetime import date

import pytest

from nightlatch.core.policy import MINUTE
from nightlatch.core.policy_table import Report, Table, shown
from nightlatch.core.policy_values import word
from nightlatch.core.toml_places import places


def table(text: str) -> Table:
    return Table(Report("p.toml", text.split("\n"), places(text)), tomllib.loads(text))


def complaints(table: Table) -> list[tuple[int, int, str]]:
    return [(mistake.line, mistake.column, mistake.found) for mistake in table.report.in_order()]


def test_an_unknown_key_is_reported_at_itself_with_the_nearest() -> None:
    some = table("idle = 1\n  idel = 2")
    some.known("idle", "absolute")
    assert complaints(some) == [(2, 3, 'unknown key "idel"')]
    assert some.report.mistakes[0].nearest == "idle"
    assert some.report.mistakes[0].source == "  idel = 2"


def test_right_values_are_read() -> None:
    some = table('t = "a"\nl = ["a", "b"]\nf = true\nn = 3\nd = "1m"\no = "off"\nx = { y = "z" }\nr = [{ s = "q" }]')
    assert some.text("t", word) == "a"
    assert some.texts("t", word) == ("a",)
    assert some.texts("l", word) == ("a", "b")
    assert some.flag("f")
    assert some.count("n") == 3
    assert some.durations("d", "o", "absent") == {"d": MINUTE, "o": None}
    assert some.table("x").text("y", word) == "z"
    assert [entry.text("s", word) for entry in some.tables("r")] == ["q"]
    assert [name for name, _ in table("a = {}\nb = {}").named()] == ["a", "b"]
    assert complaints(some) == []


def test_absent_keys_give_defaults() -> None:
    some = table("")
    assert some.text("a", word) is None
    assert some.texts("a", word, some=True) == ()
    assert not some.flag("a")
    assert some.count("a") is None
    assert some.choice("a", ("x", "y"), "y") == "y"
    assert some.table("a").values == {}
    assert some.tables("a") == []
    assert complaints(some) == []


def test_wrong_types_are_reported_at_the_value_and_reading_goes_on() -> None:
    some = table('a = 1\nb = "x"\nc = 0\nd = 5\ne = []\nf = ["", "ok", 3]\ng = "z"\nh = 1\ni = [1]\nj = {}')
    assert some.text("a", word) is None
    assert not some.flag("b")
    assert some.count("c") is None
    assert some.durations("d") == {}
    assert some.texts("e", word, some=True) == ()
    assert some.texts("f", word) == ("ok",)
    assert some.choice("g", ("x", "y"), "y") == "y"
    assert some.table("h").values == {}
    assert some.tables("i") == []
    assert some.tables("j") == []
    assert some.texts("j", word) == ()
    lines = [line for line, _, _ in complaints(some)]
    assert lines == [1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10, 10]
    assert complaints(some)[5][:2] == (6, 6)
    assert complaints(some)[6][:2] == (6, 16)


def test_true_is_no_number() -> None:
    some = table("n = true")
    assert some.count("n") is None
    assert complaints(some) == [(1, 5, "n is true")]


def test_what_is_not_written_is_reported_at_the_table_around_it() -> None:
    some = table("\n[a]\nb = 1")
    some.report.add(("a", "c"), "nothing", "something")
    assert complaints(some) == [(2, 2, "nothing")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", '"x"'),
        ("x" * 99, f'"{"x" * 60}…"'),
        (True, "true"),
        (3, "the number 3"),
        (1.5, "the number 1.5"),
        ({}, "a table"),
        ([], "an array"),
        (date(2026, 1, 1), "a date or time"),
    ],
)
def test_values_are_shown_shortly(value: object, text: str) -> None:
    assert shown(value) == text
