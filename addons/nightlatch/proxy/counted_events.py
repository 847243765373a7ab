"""Events that anybody can cause, with no credential or a bad one: logins that begin or fail, tokens that are refused.

While they are few each is told. Of a flood only groups are, each twice as large as all before it, as one event with
its `count`; so detectors see at once how many there were, and nobody can fill the trail. Knows neither requests nor the
ledger.
"""

from collections.abc import Iterable
from typing import NamedTuple

from nightlatch.core.events import Event
from nightlatch.core.policy import MINUTE

ONE_BY_ONE = 10
"""So many of a kind are told singly within `WITHIN`."""
WITHIN = MINUTE
"""Microseconds. What was held back is told when they are over, at the latest."""
MOST_KINDS = 1000
"""At a time; what comes from yet more networks is told together, without a network."""
_APART = ("login", "source", "reason", "then")
"""Fields of the detail by which events differ in kind."""

Kind = tuple[object, ...]


class _Group(NamedTuple):
    """Events of one kind since `since`."""

    since: int
    seen: int
    told: int
    told_at: int
    last: Event


class CountedEvents:
    """What to tell of the events of one guard."""

    def __init__(self) -> None:
        self._groups: dict[Kind, _Group] = {}

    def add(self, event: Event) -> list[Event]:
        """One event more; what is to be told now."""
        due: list[Event] = []
        kind = _kind(event)
        if kind not in self._groups and len(self._groups) >= MOST_KINDS:
            due += self.over(event.at)
            if len(self._groups) >= MOST_KINDS:
                event = event._replace(network="", agent="")
                kind = _kind(event)
        group = self._groups.get(kind)
        if group is not None and _is_over(group, event.at):
            due += _held_back(group)
            group = None
        group = group or _Group(event.at, 0, 0, event.at, event)
        group = group._replace(seen=group.seen + 1, last=event)
        if group.seen <= ONE_BY_ONE or group.seen >= 2 * group.told:
            due += _held_back(group)
            group = group._replace(told=group.seen, told_at=event.at)
        self._groups[kind] = group
        return due

    def over(self, now: int) -> list[Event]:
        """What was held back and whose time is over; to be called every second or so."""
        return self._told(kind for kind, group in self._groups.items() if _is_over(group, now))

    def rest(self) -> list[Event]:
        """Everything that was held back: the guard stops."""
        return self._told(self._groups)

    def _told(self, kinds: Iterable[Kind]) -> list[Event]:
        return [event for kind in list(kinds) for event in _held_back(self._groups.pop(kind))]


def _kind(event: Event) -> Kind:
    return (event.type, event.network, *(event.detail.get(name) for name in _APART))


def _is_over(group: _Group, now: int) -> bool:
    """Also when the clock was set back: a reset begins anew."""
    return not 0 <= now - group.since < WITHIN


def _held_back(group: _Group) -> list[Event]:
    """One event for all that were not told: the latest of them, with their number and the time that they took."""
    count = group.seen - group.told
    if count <= 1:
        return [group.last][:count]
    window = max(0, group.last.at - group.told_at)
    return [group.last._replace(detail={**group.last.detail, "count": count, "window": window})]
