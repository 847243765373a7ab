from hypothesis import given
from hypothesis import strategies as st
from tests.core.lint.reading import QUIET, linted

from nightlatch.core.lint.clause import Clause, Demand
from nightlatch.core.lint.finding import Severity
from nightlatch.core.policy import HOUR, MINUTE, SECOND

AAL2 = Clause(
    "aal2", "A Standard", "2.2.3", False, Demand(HOUR, "SHOULD", "SHOULD"), Demand(24 * HOUR, "SHALL", "SHALL")
)
PRIVILEGED = Clause("ten", "A Standard", "SC-10", True, Demand(10 * MINUTE, "required", "required"), Demand())


@given(st.integers(1, 2 * 3600), st.integers(1, 48 * 3600))
def test_a_limit_departs_exactly_when_it_is_above_the_number(idle: int, absolute: int) -> None:
    found = linted(f'{QUIET}[session]\nidle = "{idle}s"\nabsolute = "{absolute}s"\n', AAL2)
    assert ("idle-above-standard" in found) == (idle * SECOND > HOUR)
    assert ("absolute-above-standard" in found) == (absolute * SECOND > 24 * HOUR)


def test_the_severity_is_the_clauses_and_the_place_the_keys() -> None:
    found = linted('[session]\nidle = "2h"\nabsolute = "2d"\n', AAL2)
    idle, absolute = found["idle-above-standard"], found["absolute-above-standard"]
    assert (idle.finding.severity, idle.line) == (Severity.WARNING, 2)
    assert (absolute.finding.severity, absolute.line) == (Severity.ERROR, 3)
    assert idle.finding.message == "[session]: idle is 2h, more than 1h"
    assert idle.finding.clause == "A Standard, 2.2.3"


def test_a_limit_that_is_off_is_missing() -> None:
    found = linted('[session]\nidle = "off"\nabsolute = "off"\n', AAL2)
    assert found["absolute-missing-for-standard"].finding.severity is Severity.ERROR
    assert found["idle-missing-for-standard"].finding.message == "[session] has no idle limit; at most 1h is asked for"


def test_a_clause_that_asks_for_nothing_finds_nothing() -> None:
    silent = Clause("none", "A Standard", "1", False, Demand(), Demand())
    assert not [code for code in linted('[session]\nidle = "off"\nabsolute = "off"\n', silent) if "standard" in code]


def test_privileged_rules_are_held_to_what_is_asked_of_privileged_users() -> None:
    text = '[session]\nidle = "15m"\n[[rule]]\nname = "admin"\nmatch = { path = "/admin/**" }\nidle = "11m"\n'
    found = linted(text, PRIVILEGED)["idle-above-standard"]
    assert (found.line, found.finding.message) == (6, 'rule "admin": idle is 11m, more than 10m')
    assert "idle-above-standard" not in linted(text.replace("11m", "10m"), PRIVILEGED)


def test_a_policy_without_privileged_rules_is_told_so() -> None:
    found = linted('[session]\nidle = "15m"\n', PRIVILEGED)["no-privileged-rule"]
    assert found.finding.severity is Severity.ERROR and "at most 10m" in found.finding.message
