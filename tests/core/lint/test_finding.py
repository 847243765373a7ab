from nightlatch.core.lint.finding import GRAVITY, Finding, Severity, Written
from nightlatch.core.toml_places import Path

TEXT = '[session]\r\nidle = "5m"\r\n\r\n[[rule]]\r\nname = "x"\r\n'


def located(path: Path) -> tuple[int, int, str]:
    place = Written("\ufeff" + TEXT).locate(Finding("code", Severity.NOTE, "message", "", path))
    return place.line, place.column, place.source


def test_a_finding_stands_at_its_key() -> None:
    assert located(("session", "idle")) == (2, 1, 'idle = "5m"')


def test_what_is_not_written_stands_at_the_table_around_it_or_at_the_top() -> None:
    assert located(("session", "absolute")) == (1, 2, "[session]")
    assert located(("rule", 0, "require", "auth_age"))[0] == 4
    assert located(("activity", "passive")) == (1, 1, "[session]")


def test_the_first_key_that_is_written_is_meant() -> None:
    written = Written(TEXT)
    assert written.first(("risk", "high", "idle"), ("session", "idle")) == ("session", "idle")
    assert written.first(("risk", "high", "idle"), ("session", "absolute")) == ("session", "absolute")
    assert ("session", "idle") in written and ("session", "absolute") not in written


def test_an_error_is_graver_than_a_note() -> None:
    assert GRAVITY.index(Severity.ERROR) < GRAVITY.index(Severity.WARNING) < GRAVITY.index(Severity.NOTE)
