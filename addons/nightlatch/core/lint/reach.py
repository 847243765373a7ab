"""What is questionable in what a policy's rules reach: rules that never apply, guarded paths that are public after all,
and polling that counts as a person's activity."""

from collections.abc import Iterator

from nightlatch.core.lint.finding import Finding, Severity, Written
from nightlatch.core.patterns import path_matches
from nightlatch.core.policy import Activity, Match, Policy, Rule

_POLLS = ("poll", "heartbeat", "keepalive", "keep-alive", "ping", "notifications", "unread", "healthz", "metrics")
"""Words in paths that machines ask by themselves. Naming says little, so what follows from it is a note."""

_TWO_READINGS = (
    'NIST SP 800-63B-4, 5.2 ("activity" of the subscriber) and OWASP SMCS, Idle Timeout (any HTTP request) disagree'
)


def reach(policy: Policy, written: Written) -> Iterator[Finding]:
    """Every finding about which requests the rules reach."""
    yield from _shadowed(policy)
    yield from _public_after_all(policy)
    yield from _polling(policy, written)
    if policy.activity.websocket == "all":
        message = 'websocket = "all": what the server says by itself keeps a person logged in who has gone'
        yield Finding("server-messages-count", Severity.WARNING, message, _TWO_READINGS, ("activity", "websocket"))


def _shadowed(policy: Policy) -> Iterator[Finding]:
    for index, rule in enumerate(policy.rules):
        for earlier in policy.rules[:index]:
            if _covers(earlier.match, rule.match):
                message = f'rule "{rule.name}" never applies: "{earlier.name}", before it, matches all that it does'
                yield Finding("rule-never-applies", Severity.WARNING, message, "", ("rule", index))
                break


def _public_after_all(policy: Policy) -> Iterator[Finding]:
    """`[login].public` comes before every rule; and a public rule for everything guards nothing."""
    for index, rule in enumerate(policy.rules):
        if rule.public and ("/**" in rule.match.path or not rule.match.path) and _unconditional(rule.match):
            message = f'rule "{rule.name}" makes every path public: nothing that follows it is guarded'
            yield Finding("everything-public", Severity.WARNING, message, "", ("rule", index))
        hidden = None if rule.public else _hidden(policy.login.public, rule)
        if hidden is not None:
            message = f'rule "{rule.name}" does not guard what [login].public already lets pass: {hidden}'
            yield Finding("guarded-but-public", Severity.WARNING, message, "", ("rule", index, "match"))


def _hidden(public: tuple[str, ...], rule: Rule) -> str | None:
    """The first pattern of `[login].public` that takes away all of one of the rule's paths."""
    return next((own for own in rule.match.path for pattern in public if _path_covers(pattern, own)), None)


def _polling(policy: Policy, written: Written) -> Iterator[Finding]:
    for index, rule in enumerate(policy.rules):
        polls = [path for path in rule.match.path if any(word in path.lower() for word in _POLLS)]
        if polls and not rule.public and not rule.passive and not _all_passive(policy.activity, polls):
            message = f'rule "{rule.name}": {polls[0]} looks like polling, and counts as activity; passive = true?'
            yield Finding("polling-counts", Severity.WARNING, message, _TWO_READINGS, ("rule", index))
    if ("activity", "passive") not in written and not any(rule.passive for rule in policy.rules):
        message = "no request is listed as passive: whatever polls by itself keeps people logged in"
        yield Finding("nothing-passive", Severity.NOTE, message, _TWO_READINGS, ("activity", "passive"))


def _all_passive(activity: Activity, paths: list[str]) -> bool:
    patterns = [entry.path for entry in activity.passive if entry.path is not None and entry.header is None]
    return all(any(_path_covers(pattern, path) for pattern in patterns) for path in paths)


def _covers(wide: Match, narrow: Match) -> bool:
    """Whether every request that `narrow` matches is matched by `wide`, as far as patterns can be compared: a False
    may be wrong, a True is not."""
    paths = not wide.path or (
        bool(narrow.path) and all(any(_path_covers(a, b) for a in wide.path) for b in narrow.path)
    )
    return paths and all(
        _includes(getattr(wide, key), getattr(narrow, key)) for key in ("method", "host", "group", "network")
    )


def _includes(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    return not wide or "*" in wide or (bool(narrow) and set(narrow) <= set(wide))


def _path_covers(wide: str, narrow: str) -> bool:
    """Whether pattern `wide` matches all that pattern `narrow` matches; stars of `narrow` are taken as letters, which
    only a star of `wide` that reaches as far can match."""
    if wide == narrow or wide == "/**":
        return True
    if "**" in narrow:
        return wide.endswith("/**") and narrow.startswith(wide.removesuffix("**"))
    return "*" not in narrow and path_matches(wide, narrow)


def _unconditional(match: Match) -> bool:
    return not match.group and not match.network and match.method in ((), ("*",)) and match.host in ((), ("*",))
