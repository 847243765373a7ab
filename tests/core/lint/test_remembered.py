import pytest
from tests.core.lint.reading import linted

from nightlatch.core.lint.finding import Severity

SESSION = '[session]\nidle = "15m"\nabsolute = "8h"\n[remember]\n'


@pytest.mark.parametrize(("key", "limit"), [("idle", "15m"), ("idle", "1m"), ("absolute", "8h")])
def test_a_limit_that_is_not_looser_changes_nothing(key: str, limit: str) -> None:
    found = linted(f'{SESSION}{key} = "{limit}"\n')["remember-without-effect"]
    assert (found.line, found.finding.severity) == (5, Severity.WARNING)


def test_a_limit_that_is_looser_does() -> None:
    assert "remember-without-effect" not in linted(f'{SESSION}idle = "16m"\nabsolute = "off"\n')
    assert "remember-without-effect" in linted('[session]\nidle = "off"\n[remember]\nidle = "off"\n')


def test_remembered_limits_are_held_against_what_others_are() -> None:
    found = linted(f'{SESSION}idle = "off"\nabsolute = "30d"\n')
    assert (found["idle-missing"].line, found["absolute-generous"].line) == (5, 6)
    assert "2.2.3" in found["absolute-generous"].finding.clause
    assert linted(f'{SESSION}idle = "7d"\n')["idle-generous"].line == 5
    assert linted(f'{SESSION}idle = "7d"\n')["idle-never-fires"].line == 5, "absolute is that of [session]"
    assert "idle-generous" not in linted(f'{SESSION}idle = "1h"\n')
