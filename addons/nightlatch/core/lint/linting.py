"""The whole lint of a policy: every finding once, with its place, in the order of the file."""

from collections.abc import Iterable, Iterator

from nightlatch.core.lint.against import against
from nightlatch.core.lint.clause import Clause
from nightlatch.core.lint.finding import Finding, Located, Written
from nightlatch.core.lint.reach import reach
from nightlatch.core.lint.relations import relations
from nightlatch.core.lint.remembered import without_effect
from nightlatch.core.policy import Policy


def lint(policy: Policy, clauses: Iterable[Clause] = ()) -> tuple[Located, ...]:
    """What is questionable in `policy`, in the order of its text.

    Args:
        policy: one that was read from a text, `policy.text`.
        clauses: those of the standards that it is to be held against.
    """
    written = Written(policy.text)
    usual = (*against(policy, clauses, written), *relations(policy, written), *reach(policy, written))
    found = (*usual, *without_effect(policy))
    located = (written.locate(finding) for finding in _once(found))
    return tuple(sorted(located, key=lambda place: (place.line, place.column)))


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """What several rules inherit from one key is one finding."""
    seen = set()
    for finding in findings:
        key = (finding.code, finding.path, finding.clause)
        if key not in seen:
            seen.add(key)
            yield finding
