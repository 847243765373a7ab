"""Another process at the same ledger: `python -m tests.ledger.worker WHAT PATH …`. Says each thing once it is done."""

import random
import sys
from collections.abc import Callable

from tests.ledger.samples import T0, a_decision, a_guard, a_session, an_event, logout

from nightlatch.core.events import EventType
from nightlatch.core.session import End
from nightlatch.ledger.opening import open_reader, open_writer
from nightlatch.ledger.port import LedgerWriter, Touch


def say(text: object) -> None:
    """One line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def end(path: str, session_id: str) -> None:
    """Wait for the signal, then try to end a session; tells whether this process was the one that did."""
    writer = open_writer(path)
    say("ready")
    sys.stdin.readline()
    say(writer.end(session_id, logout(T0 + 1), an_event(EventType.SESSION_ENDED)))
    writer.close()


def opens(path: str) -> None:
    """Wait for the signal, then open a ledger that may not be there yet."""
    say("ready")
    sys.stdin.readline()
    writer = open_writer(path)
    say(writer.create(a_session(f"s{random.getrandbits(64)}"), random.randbytes(16), [an_event()]))
    writer.close()


def announces(path: str) -> None:
    """A guard that announces itself, says by which number, and stays until it is killed."""
    writer, reader = open_writer(path), open_reader(path)
    number = reader.process()
    writer.announce(a_guard("http://localhost:8080", T0 + 1)._replace(pid=number))
    say(number)
    sys.stdin.readline()


def ends(path: str) -> None:
    """Create and end sessions until killed; names each one whose end was acknowledged."""
    writer = open_writer(path)
    for number in range(100_000):
        writer.create(a_session(f"s{number}"), str(number).encode(), [an_event()])
        writer.end(f"s{number}", logout(T0 + 1), an_event())
        say(f"s{number}")


def mix(path: str, name: str, count: str) -> None:
    """Every kind of change, in an order of this process's own, some of it to sessions of the others."""
    writer = open_writer(path)
    dice = random.Random(name)
    for number in range(int(count)):
        change(writer, dice, f"{name}{number}", T0 + number)
    writer.close()
    say("done")


def change(writer: LedgerWriter, dice: random.Random, key: str, at: int) -> None:
    """One change."""
    any_key = f"{dice.choice('abc')}{dice.randrange(30)}"
    fingerprint, fresh = any_key.encode(), f"new {key}".encode()
    choice = dice.randrange(8)
    if choice == 0:
        writer.end(any_key, End(at, "admin"), an_event(at=at))
    elif choice == 1:
        writer.rotate(any_key, fingerprint, fresh, at, at + 10, an_event(at=at))
    elif choice == 2:
        writer.reauthenticate(any_key, fingerprint, fresh, at, [an_event(at=at)])
    elif choice == 3:
        writer.log([a_decision(key)])
    elif choice == 4:
        writer.touch([Touch(any_key, at, 5, at - 5)])
    elif choice == 5:
        writer.record([an_event(at=at), an_event(at=at)])
    else:
        writer.create(a_session(key, at), key.encode(), [an_event(at=at)])


if __name__ == "__main__":
    tasks: tuple[Callable[..., None], ...] = (end, opens, ends, announces, mix)
    {task.__name__: task for task in tasks}[sys.argv[1]](*sys.argv[2:])
