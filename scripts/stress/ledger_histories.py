"""Sorts the calls on a ledger into one history a slot, and one of the clock, and checks each against its model.

Slots share nothing, so a history is linearizable when each slot's is. What touches all of them (ending a site's
sessions, a reset) belongs to the history of each. Knows the models; knows nothing of processes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from scripts.stress.history import Broken, Operation, check
from scripts.stress.ledger_callers import Called
from scripts.stress.ledger_calls import RESET, site_of
from scripts.stress.opened import reading
from scripts.stress.slot_model import Clock, Slot, clock, slot

from nightlatch.core.events import EventType
from nightlatch.ledger.chain import verify_chain

CLOCK = "clock"
OF_THE_CLOCK = frozenset(("read", "warp", RESET))
OF_ALL = frozenset(("end_all", RESET))


class Verdict(NamedTuple):
    """What came of it: how many histories, calls, calls that overlapped another, and what is wrong."""

    histories: int
    calls: int
    overlapping: int
    acts: Mapping[str, int]
    wrong: tuple[str, ...]


def judge(ledger: str, called: Iterable[Called]) -> Verdict:
    """Check everything that was called on `ledger`."""
    calls = list(called)
    histories = sorted_out(calls)
    wrong = [told(name, broken) for name, history in histories.items() if (broken := explained(name, history))]
    acts = Counter(f"{each.act[0]} {each.answer}" if each.answer in (True, False) else each.act[0] for _, each in calls)
    return Verdict(len(histories), len(calls), overlapping(histories), acts, (*wrong, *misfits(ledger)))


def sorted_out(called: Iterable[Called]) -> dict[str, list[Operation]]:
    """The histories by name: a slot's number, or `CLOCK`."""
    histories, of_all = defaultdict[str, list[Operation]](list), list[Called]()
    for number, each in called:
        if each.act[0] in OF_ALL:
            of_all.append((number, each))
        if each.act[0] in OF_THE_CLOCK:
            histories[CLOCK].append(each)
        elif each.act[0] not in OF_ALL:
            histories[str(number)].append(each)
    lives = {
        name: (min(c.called_at for c in history), max(c.answered_at for c in history))
        for name, history in histories.items()
    }
    for number, each in of_all:
        # How many ended is not for one slot to tell; that it happened in this time is.
        more = (RESET,) if each.act[0] == RESET else ()
        ends_all = each._replace(act=("end_all", *each.act[1:], *more))
        for name, history in histories.items():
            touched = name != CLOCK and (each.act[0] == RESET or site_of(int(name)) == site_of(number))
            begun, over = lives[name]
            if touched and begun <= each.answered_at and each.called_at <= over:  # else nobody could tell
                history.append(ends_all)
    return histories


def explained(name: str, history: list[Operation]) -> Broken | None:
    """What is wrong with one history."""
    if name == CLOCK:
        return check(history, Clock(), clock)
    return check(history, Slot(), slot)


def told(name: str, broken: Broken) -> str:
    """What is wrong, to be read."""
    stuck = "; ".join(f"{each.caller} {each.act} gave {each.answer}" for each in broken.stuck)
    return f"{name}: after {broken.placed} calls in {broken.state}, none of these could follow: {stuck}"


def overlapping(histories: Mapping[str, list[Operation]]) -> int:
    """How many calls were made while another on the same slot was under way: without those nothing is shown."""
    count = 0
    for history in histories.values():
        latest = 0
        for each in sorted(history, key=lambda call: call.called_at):
            count += each.called_at < latest
            latest = max(latest, each.answered_at)
    return count


def misfits(ledger: str) -> list[str]:
    """What is wrong with the trail: the chain is whole, and each session began once and ended at most once."""
    with reading(ledger) as reader:
        broken = verify_chain(reader)
        events = Counter((each.event.session, each.event.type) for each in reader.events())
        ended = {session.id for session in reader.sessions() if session.end is not None}
        known = {session.id for session in reader.sessions()}
    found = [f"event {broken.id}: {broken.why}"] if broken else []
    for name in known:
        begins, ends = (events[name, kind] for kind in (EventType.SESSION_CREATED, EventType.SESSION_ENDED))
        if begins != 1 or ends != (name in ended):
            found.append(f"session {name}: {begins} beginnings and {ends} ends in the trail")
    return found
