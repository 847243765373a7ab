"""`--fail-on relogins>3/user-day`: what must not come out of a replay, so that a pipeline can stop on it."""

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from operator import eq, ge, gt, le, lt
from typing import NamedTuple

from nightlatch.core.durations import format_duration, parse_duration
from nightlatch.core.policy import SECOND
from nightlatch.replay.observations import lost_by_people
from nightlatch.replay.replaying import Outcome, Replayed

_CONDITION = re.compile(r"\s*([a-z_-]+)\s*(>=|<=|==|=|>|<)\s*([^/\s]+)\s*(?:/\s*([a-z-]+)\s*)?")
_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {">": gt, ">=": ge, "<": lt, "<=": le, "=": eq, "==": eq}
_DURATIONS = ("exposure",)
EXPECTED = "such as relogins>3/user-day, lost_writes>0, kept_alive_by_polling>0, exposure>8h or lost_writes>against"
AGAINST = "against"


class Condition(NamedTuple):
    """One condition. `limit` is a number (of seconds for `exposure`), or None for "as much as the other policy"."""

    text: str
    figure: str
    operator: str
    limit: float | None
    per: str | None = None


class Checked(NamedTuple):
    """A condition under a policy, and how it came out."""

    condition: Condition
    policy: str
    value: float
    holds: bool
    """Whether what must not be is so."""
    message: str


def parse_condition(text: str) -> Condition:
    """What `--fail-on` says.

    Raises:
        ValueError: it cannot be read; says why and what is expected.
    """
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise ValueError(f"--fail-on {text}: expected {EXPECTED}")
    figure, operator, limit, share = match[1].replace("-", "_"), match[2], match[3], match[4]
    _known(text, figure, FIGURES)
    if share is not None:
        _known(text, share, SHARES)
    return Condition(text.strip(), figure, operator, None if limit == AGAINST else _limit(text, figure, limit), share)


def _known(text: str, word: str, words: Mapping[str, object]) -> None:
    if word not in words:
        near = get_close_matches(word, words, 1)
        meant = f". Did you mean {near[0]}?" if near else ""
        raise ValueError(f"--fail-on {text}: {word} is none of {', '.join(words)}{meant}")


def _limit(text: str, figure: str, limit: str) -> float:
    if figure in _DURATIONS and not limit.replace(".", "").isdigit():
        try:
            return (parse_duration(limit) or 0) / SECOND
        except ValueError as error:
            raise ValueError(f"--fail-on {text}: {error}") from None
    try:
        value = float(limit)
    except ValueError:
        value = -1
    if not 0 <= value < 1e15:
        raise ValueError(f"--fail-on {text}: expected a number, {EXPECTED}")
    return value


def check(conditions: Sequence[Condition], replayed: Replayed) -> list[Checked]:
    """Every condition under the first policy; those that compare, with each of the others."""
    return [
        _checked(condition, replayed, other)
        for condition in conditions
        for other in (replayed.outcomes[1:] if condition.limit is None else (None,))
    ]


def _checked(condition: Condition, replayed: Replayed, other: Outcome | None) -> Checked:
    outcome = replayed.outcomes[0]
    value = _value(condition, outcome, replayed)
    limit = condition.limit if condition.limit is not None else _value(condition, other or outcome, replayed)
    holds = _OPERATORS[condition.operator](value, limit)
    shown = f"{_shown(condition, value)}{f' per {condition.per}' if condition.per else ''} under {outcome.policy.name}"
    compared = f", {_shown(condition, limit)} under {other.policy.name}" if other else ""
    return Checked(condition, outcome.policy.name, value, holds, f"{condition.text}: {shown}{compared}")


def _shown(condition: Condition, value: float) -> str:
    if condition.figure in _DURATIONS:
        return format_duration(round(value) * SECOND)
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _value(condition: Condition, outcome: Outcome, replayed: Replayed) -> float:
    value = FIGURES[condition.figure](outcome, replayed)
    if condition.per is None:
        return value
    share = SHARES[condition.per](outcome, replayed)
    return value / share if share else 0.0


def _cut(outcome: Outcome, _: Replayed) -> float:
    return 0 if outcome.observed is None else len(outcome.observed.cuts)


def _figure(name: str) -> Callable[[Outcome, Replayed], float]:
    return lambda outcome, _: float(getattr(outcome.told, name))


def _verdict(name: str) -> Callable[[Outcome, Replayed], float]:
    return lambda outcome, _: outcome.told.verdicts[name]


FIGURES: Mapping[str, Callable[[Outcome, Replayed], float]] = {
    "relogins": _figure("relogins"),
    "lost_writes": _figure("lost_writes"),
    "lost_by_people": lambda outcome, _: lost_by_people(outcome.observed),
    "kept_alive_by_polling": _figure("kept_alive"),
    "exposure": lambda outcome, _: outcome.told.exposure / SECOND,
    "sessions": _figure("sessions"),
    "sessions_cut": _cut,
    **{name: _verdict(name) for name in ("expired", "login", "refused", "step_up", "denied", "invalid")},
}
"""What can be asked."""

SHARES: Mapping[str, Callable[[Outcome, Replayed], float]] = {
    "user-day": lambda outcome, _: outcome.user_days,
    "user": lambda outcome, _: outcome.people,
    "session": _figure("sessions"),
    "day": lambda _, replayed: replayed.days,
}
"""And per what."""
