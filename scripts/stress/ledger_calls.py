"""The calls that a history of a ledger's port is made of: each carried out on a real ledger, in the words of the models
in `slot_model`. Knows the port; knows nothing of who calls when."""

from collections.abc import Callable, Hashable
from typing import Any

from scripts.stress.slot_model import Mark, Slot

from nightlatch.core.events import Event, EventType
from nightlatch.core.session import End, Session
from nightlatch.core.warp import Segment
from nightlatch.ledger.port import LedgerReader, LedgerWriter, Overtaken, Touch

RESET = "reset"


def site_of(slot: int) -> str:
    """Slots are spread over two sites, so that ending one site's sessions leaves the other's."""
    return f"http://site-{slot % 2}.example"


def carry_out(reader: LedgerReader, writer: LedgerWriter, slot: int, act: tuple[Any, ...]) -> Hashable:
    """Do `act`; the answer as the model gives it.

    Raises:
        LedgerError: it could not be done, and nothing of it was.
    """
    answer: Hashable = _CALLS[act[0]](reader, writer, slot, *act[1:])
    return answer


def _event(kind: EventType, at: int, session: str = "") -> Event:
    return Event(kind, at, session or None, policy="v1")


def _mark(text: str) -> bytes:
    return text.encode()


def _create(_: LedgerReader, writer: LedgerWriter, slot: int, name: str, fingerprint: str, at: int) -> bool:
    session = Session(name, site_of(slot), "alice", "nightlatch", at, at, at, at)
    return writer.create(session, _mark(fingerprint), [_event(EventType.SESSION_CREATED, at, name)])


def _end(_: LedgerReader, writer: LedgerWriter, slot: int, name: str, at: int, reason: str) -> bool:
    return writer.end(name, End(at, reason), _event(EventType.SESSION_ENDED, at, name))


def _end_all(_: LedgerReader, writer: LedgerWriter, slot: int, at: int, reason: str) -> int:
    return writer.end_all(site_of(slot), End(at, reason), "v1")


def _rotate(
    _: LedgerReader, writer: LedgerWriter, slot: int, name: str, old: str, new: str, at: int, grace: int
) -> bool:
    event = _event(EventType.SESSION_ROTATED, at, name)
    return writer.rotate(name, _mark(old), _mark(new), at, grace, event)


def _reauthenticate(
    _: LedgerReader, writer: LedgerWriter, slot: int, name: str, old: str, new: str, at: int, grace: int
) -> bool:
    events = [_event(EventType.STEP_UP_SATISFIED, at, name)]
    return writer.reauthenticate(name, _mark(old), _mark(new), at, events, grace=grace)


def _touch(_: LedgerReader, writer: LedgerWriter, slot: int, name: str, active: int, gap: int, gap_from: int) -> None:
    writer.touch([Touch(name, active, gap, gap_from)])


def _find(reader: LedgerReader, _: LedgerWriter, slot: int, fingerprint: str) -> Hashable:
    """What the port's `look` tells, since that is what every request asks."""
    found = reader.look(_mark(fingerprint))[1]
    if found is None:
        return None
    session, credential = found[:2]
    end = None if session.end is None else (session.end.at, session.end.reason)
    times = (session.last_active_at, session.gap, session.gap_from_at, session.reauthenticated_at)
    mark = Mark(credential.fingerprint.decode(), credential.replaced_at, credential.grace_until)
    return Slot(session.id, (), *times, end), mark


def _warp(_: LedgerReader, writer: LedgerWriter, slot: int, wall: int, warped: int) -> bool:
    try:
        writer.warp(Segment(wall, warped), _event(EventType.CLOCK_WARPED, warped))
    except Overtaken:
        return False
    return True


def _read(reader: LedgerReader, _: LedgerWriter, slot: int) -> Hashable:
    return tuple((each.wall_at, each.warped_at) for each in reader.warp().segments)


def _reset(_: LedgerReader, writer: LedgerWriter, slot: int, at: int) -> int:
    return writer.reset(at, _event(EventType.CLOCK_WARPED, at))


_CALLS: dict[str, Callable[..., Hashable]] = {
    "create": _create,
    "end": _end,
    "end_all": _end_all,
    "rotate": _rotate,
    "reauthenticate": _reauthenticate,
    "touch": _touch,
    "find": _find,
    "warp": _warp,
    "read": _read,
    RESET: _reset,
}
