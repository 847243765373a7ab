"""What is questionable in a `[remember]` table beyond its limits, which are held against everything that others are."""

from collections.abc import Iterator

from nightlatch.core.durations import format_duration
from nightlatch.core.lint.finding import Finding, Severity
from nightlatch.core.policy import Policy
from nightlatch.core.remembering import looser


def without_effect(policy: Policy) -> Iterator[Finding]:
    """Limits that are not looser than those of `[session]`: they never matter, as the looser of the two holds."""
    for key, limit in policy.remember.items():
        usual: int | None = getattr(policy.session, key)
        if looser(limit, usual) == usual:
            message = (
                f"[remember]: {key} ({format_duration(limit)}) is not looser than that of [session] "
                f"({format_duration(usual)}), so it changes nothing"
            )
            yield Finding("remember-without-effect", Severity.WARNING, message, "", ("remember", key))
