"""A policy in plain English, one sentence a line: what `policy show` and the demo print. Knows no terminal."""

from collections.abc import Iterable, Iterator

from nightlatch.core.durations import format_duration
from nightlatch.core.policy import Limits, Match, OnExpiry, PassivePattern, Policy, Requirement, Rule
from nightlatch.core.remembering import remembered_policy

_THEN = {
    "alert": "An alert is raised for",
    "step_up": "An alert is raised, and the person must log in again, for",
    "end": "An alert is raised, and the session ends, for",
}
_WHAT = {
    "agent_change": "another program",
    "fixation": "cookie kept across a login",
    "idle_flare": "long idle, then from elsewhere",
    "login_storm": "many failed logins",
    "machine_rhythm": "activity of a machine alone",
    "many_sessions": "many sessions of one person",
    "redirect_loop": "login in circles",
    "refresh_storm": "many refreshes",
    "reuse_after_end": "use after the end",
    "rotation_reuse": "replaced credential used after its grace",
    "shared_credential": "credential of several people",
    "skewed_tokens": "tokens from the future",
    "two_networks": "two networks at once",
}
"""Few words each: a policy may have all of them in one sentence."""


def describe(policy: Policy) -> tuple[str, ...]:
    """The sentences, the most general first."""
    return tuple(_sentences(policy))


def _sentences(policy: Policy) -> Iterator[str]:
    yield from _limits(policy.session)
    if policy.remember:
        yield _remembered(remembered_policy(policy).session)
    for rule in policy.rules:
        yield _rule(rule, policy.session)
    public = (*policy.login.public, *policy.public)
    if public:
        yield f"Open to everyone: {_listed(public)}."
    if policy.activity.passive:
        yield f"Not counted as activity: {_listed(map(_passive, policy.activity.passive), 'and')}."
    if policy.hours.open:
        yield f"Outside the hours of [hours] (zone {policy.hours.zone}) nobody is let in, and what is open is closed."
    if policy.concurrency.max is not None:
        gives_way = "the oldest one ends" if policy.concurrency.then == "end_oldest" else "a further login is refused"
        most = "1 session" if policy.concurrency.max == 1 else f"{policy.concurrency.max} sessions"
        yield f"A person has at most {most} at a time; beyond that {gives_way}."
    if policy.login.rewrite_upstream:
        yield "Where the application itself answers a page with 401, 419 or 440, people are sent to the login."
    yield from _alerts(policy)
    if policy.audit.keep is not None:
        yield f"Audit events are kept for {format_duration(policy.audit.keep)}."
    if policy.audit.keep_sessions is not None:
        yield f"Sessions are kept for {format_duration(policy.audit.keep_sessions)} after their end."
    if policy.floor:
        yield f"No limit is looser than that of {policy.floor}."


def _alerts(policy: Policy) -> Iterator[str]:
    for then, follows in _THEN.items():
        when = [_WHAT[detector] for detector, alert in sorted(policy.alerts.items()) if alert.then == then]
        if when:
            yield f"{follows}: {'; '.join(when)}."


def _limits(limits: Limits) -> Iterator[str]:
    if limits.idle is None:
        yield "A session does not end by being idle."
    else:
        yield f"A session ends after {format_duration(limits.idle)} without activity."
    if limits.absolute is None:
        yield "A session may last for ever."
    else:
        yield f"A session ends {format_duration(limits.absolute)} after the login, whatever happens."
    if limits.rolling is not None:
        grace = format_duration(limits.grace)
        yield f"Credentials are renewed every {format_duration(limits.rolling)}; the old one is good for {grace} more."


def _remembered(limits: Limits) -> str:
    idle = "" if limits.idle is None else f"after {format_duration(limits.idle)} without activity"
    absolute = "" if limits.absolute is None else f"{format_duration(limits.absolute)} after the login"
    ends = " or ".join(part for part in (idle, absolute) if part) or "at the logout"
    return f"Who asks at the login to be remembered is logged out {ends}, but where a rule has limits of its own."


def _rule(rule: Rule, session: Limits) -> str:
    what = f"{rule.name}: {_match(rule.match)}"
    if rule.public:
        return f"{what} is open to everyone."
    says = [*_differences(rule.limits, session), *_demands(rule.require)]
    if rule.on_expiry is OnExpiry.REAUTHENTICATE:
        says.append("asks for a fresh login when that runs out, without ending the session")
    if rule.passive:
        says.append("is not counted as activity")
    return f"{what} {_listed(says, 'and') if says else 'is guarded like the rest'}."


def _differences(limits: Limits, session: Limits) -> Iterator[str]:
    if limits.idle != session.idle:
        yield "has no idle limit" if limits.idle is None else f"allows {format_duration(limits.idle)} without activity"
    if limits.absolute != session.absolute:
        absolute = format_duration(limits.absolute)
        yield "has no absolute limit" if limits.absolute is None else f"allows {absolute} after the login"
    if limits.rolling != session.rolling:
        rolling = format_duration(limits.rolling)
        yield "renews no credentials" if limits.rolling is None else f"renews credentials every {rolling}"


def _demands(require: Requirement) -> Iterator[str]:
    if require.group:
        yield f"is only for {_listed(require.group)}"
    if require.network:
        yield f"is only reached from {_listed(require.network)}"
    if require.amr:
        yield f"needs a login by {_listed(require.amr, 'and')}"
    if require.acr:
        yield f"needs a login of strength {_listed(require.acr)}"
    if require.auth_age is not None:
        yield f"needs a login not older than {format_duration(require.auth_age)}"


def _match(match: Match) -> str:
    parts = [
        _listed(match.method) if match.method and "*" not in match.method else "",
        _listed(match.path) if match.path else "everything",
        f"on {_listed(match.host)}" if match.host and "*" not in match.host else "",
        f"for {_listed(match.group)}" if match.group else "",
        f"from {_listed(match.network)}" if match.network else "",
    ]
    return " ".join(part for part in parts if part)


def _passive(pattern: PassivePattern) -> str:
    header = f"with the header {pattern.header}" if pattern.header else ""
    request = " ".join(part for part in (pattern.method, pattern.path) if part)
    return " ".join(part for part in (request or "requests", header) if part)


def _listed(words: Iterable[str], joint: str = "or") -> str:
    *first, last = words
    return f"{', '.join(first)} {joint} {last}" if first else last
