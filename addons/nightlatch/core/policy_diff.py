"""What differs in meaning between two policies, however they are written: limits, rules, activity, login, alerts."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from nightlatch.core.durations import format_duration
from nightlatch.core.policy import Policy, Rule

_DURATIONS = frozenset(
    {"idle", "absolute", "rolling", "grace", "leeway", "auth_age", "window", "review_every", "keep", "keep_sessions"}
)
_LIMITS = frozenset({"idle", "absolute", "rolling", "auth_age"})
_NOT_MEANING = frozenset({"name", "version", "text", "floor", "own_absolute", "own_idle"})
_FILE_NAMES = {"tiers": "risk", "limits": ""}
"""What the file calls the fields of a policy; limits stand in a rule itself."""

Leaves = Mapping[str, Any]
"""Every value with its place."""


class Difference(NamedTuple):
    """One thing that differs. `before` and `after` are as they would be written; None where there is none."""

    at: str
    """Such as `session.idle` or `rule "admin".on_expiry`."""
    before: str | None
    after: str | None
    change: str
    """`stricter`, `looser`, `added`, `removed` or `changed`."""


def differences(before: Policy, after: Policy) -> tuple[Difference, ...]:
    """What changes when `after` takes the place of `before`."""
    return (*_table(before, after), *_rules(before, after))


def _table(before: Policy, after: Policy) -> Iterator[Difference]:
    yield from _compared(_leaves(before._replace(rules=())), _leaves(after._replace(rules=())))


def _rules(before: Policy, after: Policy) -> Iterator[Difference]:
    """Rules are compared by name, since an insertion moves the numbers of the others."""
    old, new = ({rule.name: rule for rule in policy.rules} for policy in (before, after))
    for name in dict.fromkeys((*old, *new)):
        at = f'rule "{name}"'
        if name not in new:
            yield Difference(at, _summary(old[name]), None, "removed")
        elif name not in old:
            yield Difference(at, None, _summary(new[name]), "added")
        else:
            yield from _compared(_leaves(old[name], at), _leaves(new[name], at))
    kept = [[name for name in names if name in old and name in new] for names in (old, new)]
    if kept[0] != kept[1]:
        yield Difference("order of rules", ", ".join(kept[0]), ", ".join(kept[1]), "changed")


def _summary(rule: Rule) -> str:
    """What a rule says, without what it leaves open."""
    written = {at: _written(at, value) for at, value in _leaves(rule, "").items() if value not in (None, (), False)}
    return " ".join(f"{at.removeprefix('match.')}={text}" for at, text in written.items())


def _compared(old: Leaves, new: Leaves) -> Iterator[Difference]:
    for at in dict.fromkeys((*old, *new)):
        if old.get(at, ...) != new.get(at, ...):
            before = _written(at, old[at]) if at in old else None
            after = _written(at, new[at]) if at in new else None
            yield Difference(at, before, after, _change(at, old.get(at, ...), new.get(at, ...)))


def _change(at: str, before: Any, after: Any) -> str:
    if before is ... or after is ...:
        return "added" if before is ... else "removed"
    if _key(at) not in _LIMITS:
        return "changed"
    return "looser" if after is None or (before is not None and after > before) else "stricter"


def _leaves(value: Any, at: str = "") -> dict[str, Any]:
    """Every value of a policy, or of a part of it, with its place."""
    if hasattr(value, "_asdict"):
        value = {_FILE_NAMES.get(key, key): inner for key, inner in value._asdict().items() if key not in _NOT_MEANING}
    if not isinstance(value, Mapping):
        return {at: value}
    found = {}
    for key, inner in value.items():
        found.update(_leaves(inner, ".".join(part for part in (at, str(key)) if part)))
    return found


def _key(at: str) -> str:
    return at.rpartition(".")[2]


def _written(at: str, value: Any) -> str:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and _key(at) in _DURATIONS):
        return format_duration(value)
    if isinstance(value, tuple):
        return ", ".join(map(_entry, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _entry(item: Any) -> str:
    """An element of a list; entries such as those of `passive` by the fields that they give."""
    if not hasattr(item, "_asdict"):
        return str(item)
    return " ".join(f"{key}={inner}" for key, inner in item._asdict().items() if inner is not None)
