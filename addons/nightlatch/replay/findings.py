"""What a replay has to say about a policy, each with the line of the policy that makes it so. For people to read in an
editor, a pull request or a list of results; decides nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from nightlatch.core.durations import format_duration
from nightlatch.core.policy_places import PolicyPlaces
from nightlatch.core.toml_places import Place
from nightlatch.replay.caveats import Caveat
from nightlatch.replay.conditions import Checked
from nightlatch.replay.observations import Observations, Refusal
from nightlatch.replay.replaying import Outcome
from nightlatch.replay.suggest import Suggestion


class Level(StrEnum):
    """How much it matters; the words of SARIF."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


KINDS: Mapping[str, str] = {
    "condition": "What --fail-on forbids has come out of the replay.",
    "lost-write": "A request that would have changed something met an ended session: what somebody typed is lost.",
    "kept-alive-by-polling": "Only requests that a timer sends kept a session from ending by idle.",
    "polling-counts": "Requests that a timer sends count as activity: the person need not be there.",
    "session-cut": "A limit ended sessions that were still used.",
    "capture-lacks": "The policy goes by something that the capture does not tell, or tells in another time.",
    "rule-never-matched": "No request of the capture matched this rule.",
}
"""Every kind of finding, and what it means."""


class Finding(NamedTuple):
    """One finding; `place` is in the text of the policy."""

    kind: str
    level: Level
    message: str
    place: Place


def findings(
    outcome: Outcome, checked: Sequence[Checked], suggested: Sequence[Suggestion], caveats: Sequence[Caveat] = ()
) -> tuple[Finding, ...]:
    """What there is to say of one policy, the gravest first."""
    if outcome.observed is None:
        return ()
    places, observed = PolicyPlaces(outcome.policy), outcome.observed
    found = [
        *_conditions(checked, places),
        *_by_limit(observed.lost_writes, "lost-write", Level.WARNING, _lost, places),
        *_kept(outcome, suggested, places),
        *_by_limit(list(observed.cuts.values()), "session-cut", Level.NOTE, _cut, places),
        *_lacking(caveats, outcome, places),
        *_unmatched(outcome, observed, places),
    ]
    return tuple(sorted(found, key=lambda finding: list(Level).index(finding.level)))


def _conditions(checked: Sequence[Checked], places: PolicyPlaces) -> Iterator[Finding]:
    for each in checked:
        if each.holds:
            yield Finding("condition", Level.ERROR, each.message, places.limit("idle"))


def _by_limit(
    refusals: Sequence[Refusal],
    kind: str,
    level: Level,
    words: Callable[[Sequence[Refusal]], str],
    places: PolicyPlaces,
) -> Iterator[Finding]:
    """A finding for each limit of the policy that did it."""
    limits: dict[tuple[str | None, str, int | None], list[Refusal]] = defaultdict(list)
    for refusal in refusals:
        verdict = refusal.verdict
        limits[verdict.rule, str(verdict.clock), verdict.limit].append(refusal)
    for (rule, clock, limit), those in limits.items():
        by = f" of rule {rule}" if rule else ""
        yield Finding(kind, level, f"{clock} = {format_duration(limit)}{by} {words(those)}", places.limit(clock, rule))


def _lost(refusals: Sequence[Refusal]) -> str:
    first = max(refusals, key=lambda refusal: (refusal.by_person, refusal.exchange.size, refusal.form or 0))
    told = [f"{first.exchange.size} bytes"] if first.exchange.size else []
    told += [f"a page that was open for {format_duration(first.form)}"] if first.form is not None else []
    more = f" ({', '.join(told)})" if told else ""
    timers = sum(not refusal.by_person for refusal in refusals)
    among = f" ({timers} of them by timers)" if timers else ""
    return f"loses {_count(len(refusals), 'write')}{among}, such as {first.route}{more}"


def _cut(refusals: Sequence[Refusal]) -> str:
    people = sum(refusal.by_person for refusal in refusals)
    return f"cuts {_count(len(refusals), 'session')}; in {people} of them a person noticed first"


def _kept(outcome: Outcome, suggested: Sequence[Suggestion], places: PolicyPlaces) -> Iterator[Finding]:
    place = places.first(("activity", "passive"), ("activity",), ("session", "idle"), ("session",))
    which = ", ".join(f"{each.method} {each.path} ({each.why})" for each in suggested[:3])
    kept = len(outcome.simulation.kept_alive)
    if kept:
        message = f"{_count(kept, 'session')} did not end by idle only because of what a timer sends"
        yield Finding("kept-alive-by-polling", Level.WARNING, message + (which and f": {which}"), place)
    elif suggested:
        yield Finding("polling-counts", Level.NOTE, f"counts as activity although a timer sends it: {which}", place)


def _lacking(caveats: Sequence[Caveat], outcome: Outcome, places: PolicyPlaces) -> Iterator[Finding]:
    own = {rule.name for rule in outcome.policy.rules}
    for each in caveats:
        if each.rule is None or each.rule in own:
            place = places.limit("idle") if each.rule is None else places.rule(each.rule)
            yield Finding("capture-lacks", Level.NOTE, each.message, place)


def _unmatched(outcome: Outcome, observed: Observations, places: PolicyPlaces) -> Iterator[Finding]:
    for rule in outcome.policy.rules:
        if rule.name not in observed.rules:
            message = f'no request of the capture decided by rule "{rule.name}"'
            yield Finding("rule-never-matched", Level.NOTE, message, places.rule(rule.name))


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"
