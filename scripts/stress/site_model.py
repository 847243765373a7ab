"""What guards must answer about one session that several clients and commands work on at once: the reference model of a
guarded site. Written from the laws; shares no code with the engine.

A session ends by an act, or by the clock; then it may be swept at any later moment. Knows nothing of HTTP.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple

from scripts.stress.history import UNHEARD

LIVE, RUN_OUT, ENDED = "live", "run out", "ended"
IN, OUT = "in", "out"


class Guarded(NamedTuple):
    """A session: how it stands, its credentials, and those of them that were replaced."""

    standing: str
    known: frozenset[str]
    replaced: frozenset[str] = frozenset()

    def ended(self) -> "Guarded":
        return self._replace(standing=ENDED)

    def with_another(self, old: str, new: str) -> "Guarded":
        return self._replace(known=self.known | {new}, replaced=self.replaced | {old})


def site(state: Guarded, act: tuple[Any, ...], answer: Hashable) -> Iterable[Guarded]:
    """The model: see `history.Model`."""
    if answer == UNHEARD:  # a guard cuts the connections of a session that ends
        return [state, state.ended() if act[0] == "log out" else state._replace(replaced=state.replaced | {act[1]})]
    return _ACTS[act[0]](state, answer, *act[1:])


def _ask(state: Guarded, answer: tuple[str, str], credential: str) -> Iterable[Guarded]:
    """A request: (`IN`, the new credential that came with it, or an empty one), or (`OUT`, "")."""
    verdict, fresh = answer
    if verdict == OUT:
        return [] if state.standing == LIVE else [state]
    if state.standing != LIVE or credential not in state.known:
        return []
    if not fresh:
        return [state]
    return [] if credential in state.replaced else [state.with_another(credential, fresh)]


def _log_out(state: Guarded, answer: Hashable, credential: str) -> Iterable[Guarded]:
    return [state.ended()]


def _again(state: Guarded, answer: tuple[bool, str], credential: str) -> Iterable[Guarded]:
    """A fresh login: (True, the new credential) where the session goes on; (False, "") where a new one began."""
    goes_on, fresh = answer
    if goes_on:
        return [state.with_another(credential, fresh)] if state.standing == LIVE else []
    return [] if state.standing == LIVE else [state]


def _end(state: Guarded, answer: Hashable) -> Iterable[Guarded]:
    """By a command: True for the one that ended it. What has run out may be ended by hand until it is swept."""
    if answer:
        return [] if state.standing == ENDED else [state.ended()]
    return [] if state.standing == LIVE else [state.ended()]


def _delete(state: Guarded, answer: Hashable) -> Iterable[Guarded]:
    """By the control API, which does not say whether it was the one."""
    return [state.ended()]


def _show(state: Guarded, answer: Hashable) -> Iterable[Guarded]:
    """What the ledger has: True while nobody has ended or swept it."""
    if answer:
        return [] if state.standing == ENDED else [state]
    return [] if state.standing == LIVE else [state.ended()]


def _jump(state: Guarded, answer: Hashable) -> Iterable[Guarded]:
    """The clock is moved beyond `idle`."""
    return [state._replace(standing=RUN_OUT) if state.standing == LIVE else state]


_ACTS: dict[str, Callable[..., Iterable[Guarded]]] = {
    "ask": _ask,
    "log out": _log_out,
    "again": _again,
    "end": _end,
    "delete": _delete,
    "show": _show,
    "jump": _jump,
}
