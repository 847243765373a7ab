"""A finding as others see it: the JSON that the command line, the control API and the review share."""

from typing import Any

from nightlatch.core.lint.finding import Located


def finding_document(located: Located) -> dict[str, Any]:
    """What is questionable, with its place in the text; line and column from 1."""
    finding = located.finding
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "clause": finding.clause,
        "line": located.line,
        "column": located.column,
    }
