"""What is questionable in a policy whichever standard it is held to: limits that can never fire, that undo each other,
or that are missing. Their gravity is at most a warning, as nobody has chosen the clauses that they cite."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from nightlatch.core.durations import format_duration
from nightlatch.core.lint.finding import Finding, Severity, Written
from nightlatch.core.lint.subjects import SESSION, Subject, subjects
from nightlatch.core.policy import DAY, HOUR, MINUTE, SECOND, Policy

FEW_MINUTES = 5 * MINUTE
"""RFC 7519 4.1.4 says "a few minutes" of leeway; five is nightlatch's reading of it."""
ADMIN_IDLE = 10 * MINUTE
"""DISA ASD STIG V-222390, FedRAMP SC-10."""
WARNED = 20 * SECOND
"""WCAG 2.2, 2.2.1: at least 20 seconds to extend."""
EXEMPT = 20 * HOUR
"""WCAG 2.2, 2.2.1: a limit longer than 20 hours is exempt."""

HIGH_IDLE = 5 * MINUTE
"""OWASP SMCS: the upper end of the common range for high-value applications."""
GENEROUS_IDLE = HOUR
GENEROUS_ABSOLUTE = DAY
"""NIST SP 800-63B-4, 2.2.3."""

_HIGH = "OWASP SMCS, Session Expiration (high-value)"
_AAL2 = "NIST SP 800-63B-4, 2.2.3 (AAL2)"
_OVERALL = "NIST SP 800-63B-4, 2.1.3; OWASP ASVS 5.0.0, 7.3.2; OWASP SMCS, Absolute Timeout"
_INACTIVITY = "NIST SP 800-63B-4, 2.2.3; OWASP ASVS 5.0.0, 7.3.1; OWASP SMCS, Idle Timeout"
_ADMIN = "DISA ASD STIG V6R4, V-222390; FedRAMP Rev 5, SC-10"


class About(NamedTuple):
    """What a relation is asked about: one subject of the policy, the policy, and where its keys are written."""

    subject: Subject
    policy: Policy
    written: Written

    def finding(self, code: str, severity: Severity, message: str, clause: str, key: str) -> Finding:
        """A finding about the subject's limit `key`."""
        path = self.subject.path(self.written, key)
        return Finding(code, severity, f"{self.subject.name}: {message}", clause, path)


Relation = Callable[[About], Finding | None]


def relations(policy: Policy, written: Written) -> Iterator[Finding]:
    """What every relation finds in every subject; what a rule inherits is reported where it is written, once."""
    for subject in subjects(policy):
        for relation in RELATIONS:
            found = relation(About(subject, policy, written))
            if found is not None:
                yield found


def absolute_missing(about: About) -> Finding | None:
    """Without it a session that is kept busy, or whose token is refreshed, never ends."""
    if about.subject.limits.absolute is not None:
        return None
    message = "no absolute limit: a session that is kept busy never ends, and a refreshed token lives for ever"
    clause = f"{_OVERALL}; OWASP ASVS 5.0.0, 10.4.8"
    return about.finding("absolute-missing", Severity.WARNING, message, clause, "absolute")


def idle_missing(about: About) -> Finding | None:
    if about.subject.limits.idle is not None:
        return None
    message = "no idle limit: a browser that was left open stays logged in"
    return about.finding("idle-missing", Severity.WARNING, message, _INACTIVITY, "idle")


def idle_never_fires(about: About) -> Finding | None:
    idle, absolute = about.subject.limits.idle, about.subject.limits.absolute
    if idle is None or absolute is None or idle < absolute:
        return None
    message = f"idle ({format_duration(idle)}) can never fire before absolute ({format_duration(absolute)})"
    return about.finding("idle-never-fires", Severity.WARNING, message, "FedRAMP Rev 5 High, AC-2(5)", "idle")


def admin_idle(about: About) -> Finding | None:
    """Privileged users are asked for more, not for less."""
    idle, usual = about.subject.limits.idle, about.policy.session.idle
    if not about.subject.privileged or idle is None:
        return None
    if usual is not None and idle > usual:
        message = f"idle is {format_duration(idle)}, looser than that of everybody ({format_duration(usual)})"
        return about.finding("admin-looser-than-user", Severity.WARNING, message, _ADMIN, "idle")
    if idle > ADMIN_IDLE:
        message = f"idle of privileged users is {format_duration(idle)}, more than {format_duration(ADMIN_IDLE)}"
        return about.finding("admin-idle-long", Severity.NOTE, message, _ADMIN, "idle")
    return None


def generous(about: About) -> Finding | None:
    """Looser than even the looser of today's federal guidance; a tier of high risk is held to the cheat sheet."""
    limits, subject = about.subject.limits, about.subject
    high = subject.privileged and subject.path(about.written, "idle")[0] == "risk"
    most, clause = (HIGH_IDLE, _HIGH) if high else (GENEROUS_IDLE, _AAL2)
    if limits.idle is not None and limits.idle > most:
        message = f"idle is {format_duration(limits.idle)}, more than {format_duration(most)}"
        return about.finding("idle-generous", Severity.WARNING, message, clause, "idle")
    if limits.absolute is not None and limits.absolute > GENEROUS_ABSOLUTE:
        message = f"absolute is {format_duration(limits.absolute)}, more than {format_duration(GENEROUS_ABSOLUTE)}"
        return about.finding("absolute-generous", Severity.WARNING, message, _AAL2, "absolute")
    return None


def rolling_never_fires(about: About) -> Finding | None:
    rolling, absolute = about.subject.limits.rolling, about.subject.limits.absolute
    if rolling is None or absolute is None or rolling < absolute:
        return None
    message = f"rolling ({format_duration(rolling)}) never renews before absolute ({format_duration(absolute)}) ends it"
    return about.finding("rolling-never-fires", Severity.WARNING, message, "OWASP SMCS, Renewal Timeout", "rolling")


def rolling_elsewhere(about: About) -> Finding | None:
    """`rolling` belongs to credentials that nightlatch issued."""
    if about.subject.limits.rolling is None:
        return None
    message = "rolling renews nightlatch's own credential only; with an application's cookie or a token it does nothing"
    return about.finding("rolling-own-credential-only", Severity.NOTE, message, "", "rolling")


def grace_above_rolling(about: About) -> Finding | None:
    rolling, grace = about.subject.limits.rolling, about.subject.limits.grace
    if rolling is None or grace < rolling:
        return None
    message = f"grace ({format_duration(grace)}) is not shorter than rolling: replaced credentials pile up"
    return about.finding("grace-above-rolling", Severity.WARNING, message, "OWASP SMCS, Renewal Timeout", "grace")


def auth_age_never_fires(about: About) -> Finding | None:
    rule, absolute = about.subject.rule, about.subject.limits.absolute
    age = rule.require.auth_age if rule is not None else None
    if age is None or absolute is None or age < absolute:
        return None
    message = f"auth_age ({format_duration(age)}) can never fire before absolute ({format_duration(absolute)})"
    path = (*about.subject.paths[0], "require", "auth_age")
    return Finding("auth-age-never-fires", Severity.WARNING, f"{about.subject.name}: {message}", "", path)


def too_short_to_warn(about: About) -> Finding | None:
    idle = about.subject.limits.idle
    if idle is None or idle > 2 * WARNED:
        return None
    message = f"idle is {format_duration(idle)}: nobody can be warned 20 seconds before and still have worked"
    return about.finding("idle-too-short-to-warn", Severity.WARNING, message, "WCAG 2.2, 2.2.1", "idle")


def not_adjustable(about: About) -> Finding | None:
    """A limit that cannot be extended ten times needs the exception for what is essential; no failure by itself."""
    absolute = about.policy.session.absolute
    if about.subject.paths[0] != SESSION or absolute is None or absolute > EXEMPT:
        return None
    message = f"absolute ({format_duration(absolute)}) cannot be extended: document why it is essential"
    return about.finding("absolute-not-adjustable", Severity.NOTE, message, "WCAG 2.2, 2.2.1", "absolute")


def leeway_long(about: About) -> Finding | None:
    leeway = about.policy.session.leeway
    if about.subject.paths[0] != SESSION or leeway <= FEW_MINUTES:
        return None
    message = f"leeway is {format_duration(leeway)}, above a few minutes: dead tokens live on"
    return about.finding("leeway-long", Severity.WARNING, message, "RFC 7519, 4.1.4", "leeway")


RELATIONS: tuple[Relation, ...] = (
    absolute_missing,
    idle_missing,
    idle_never_fires,
    admin_idle,
    generous,
    rolling_never_fires,
    rolling_elsewhere,
    grace_above_rolling,
    auth_age_never_fires,
    too_short_to_warn,
    not_adjustable,
    leeway_long,
)
