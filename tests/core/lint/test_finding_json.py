from tests.core.lint.reading import linted

from nightlatch.core.lint.finding_json import finding_document


def test_a_finding_is_told_with_its_place() -> None:
    located = linted('[session]\nidle = "off"\n')["idle-missing"]
    assert finding_document(located) == {
        "code": "idle-missing",
        "severity": "warning",
        "message": "[session]: no idle limit: a browser that was left open stays logged in",
        "clause": located.finding.clause,
        "line": 2,
        "column": 1,
    }
