"""What whoever looks at the policy should know besides what its check finds: a review that is overdue, a file that
cannot come into force. Shown where findings are shown."""

from collections.abc import Iterator, Sequence
from typing import Any

from nightlatch.core.durations import format_duration
from nightlatch.core.lint.finding import Finding, Located, Severity, Written
from nightlatch.core.lint.finding_json import finding_document
from nightlatch.core.mistakes import Mistake
from nightlatch.core.policy import MINUTE, Policy


def reminders(policy: Policy, late: int | None, refused: Sequence[Mistake]) -> list[dict[str, Any]]:
    """As findings of the policy's check look.

    Args:
        policy: the one in force.
        late: by how much the review is overdue, microseconds; None when it is not.
        refused: the mistakes of the file as it is now.
    """
    written = Written(policy.text)
    return [finding_document(located) for located in _all(written, late, refused)]


def _all(written: Written, late: int | None, refused: Sequence[Mistake]) -> Iterator[Located]:
    if late is not None:
        by = format_duration(max(MINUTE, late // MINUTE * MINUTE))
        message = f"the audit review is overdue by {by}: nightlatch audit review --done NAME"
        yield written.locate(Finding("review-overdue", Severity.WARNING, message, "", ("policy", "review_every")))
    for mistake in refused[:1]:
        more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
        message = f"the file as it is now cannot come into force: line {mistake.line}: {mistake.message}{more}"
        yield written.locate(Finding("file-refused", Severity.ERROR, message, "", ()))
