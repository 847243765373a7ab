"""A policy held against clauses of standards: limits that are missing, and limits that are above the number given.

Half-open clocks (dead at exactly the limit) satisfy "or longer", "more than" and "shall not exceed" alike, so only
the number counts (STANDARDS: boundary semantics of NIST SP 800-63B, PCI DSS 8.2.8, RFC 7519).
"""

from collections.abc import Iterable, Iterator

from nightlatch.core.durations import format_duration
from nightlatch.core.lint.clause import Clause, Demand, gravity
from nightlatch.core.lint.finding import Finding, Written
from nightlatch.core.lint.subjects import Subject, subjects
from nightlatch.core.policy import Policy


def against(policy: Policy, clauses: Iterable[Clause], written: Written) -> Iterator[Finding]:
    """Every limit of `policy` that departs from one of `clauses`, reported at the key that gives it, once."""
    judged = tuple(subjects(policy))
    for clause in clauses:
        concerned = [subject for subject in judged if subject.privileged or not clause.privileged]
        if not concerned:
            yield Finding(
                "no-privileged-rule",
                gravity(clause.idle.strength),
                f"no rule or tier is for privileged users, whose idle may be at most "
                f"{format_duration(clause.idle.most)}: add one for their paths, with a tier such as [risk.admin]",
                clause.cited,
                ("rule",),
            )
        for key, demand in (("idle", clause.idle), ("absolute", clause.absolute)):
            for subject in concerned:
                yield from _departs(subject, key, demand, clause, written)


def _departs(subject: Subject, key: str, demand: Demand, clause: Clause, written: Written) -> Iterator[Finding]:
    limit: int | None = getattr(subject.limits, key)
    path = subject.path(written, key)
    if limit is None:
        if demand.exists:
            message = f"{subject.name} has no {key} limit{_number(demand)}"
            yield Finding(f"{key}-missing-for-standard", gravity(demand.exists), message, clause.cited, path)
    elif demand.most is not None and limit > demand.most:
        message = f"{subject.name}: {key} is {format_duration(limit)}, more than {format_duration(demand.most)}"
        yield Finding(f"{key}-above-standard", gravity(demand.strength), message, clause.cited, path)


def _number(demand: Demand) -> str:
    return "" if demand.most is None else f"; at most {format_duration(demand.most)} is asked for"
