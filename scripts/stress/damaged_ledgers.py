"""A ledger with a bad page, used as a guard and its commands use it: nothing may be answered as live that has ended,
and whatever cannot be answered says what is to be done. Each seed is one ledger; odd ones go bad while it is open."""

import contextlib
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from scripts.stress.clients import BrokenPromise
from scripts.stress.damage import damage

from nightlatch.core.events import Event, EventType
from nightlatch.core.session import End, Session
from nightlatch.ledger.chain import verify_chain
from nightlatch.ledger.port import LedgerError, LedgerReader, LedgerWriter, Touch
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer

SITE = "http://localhost:3000"
BEGAN = 1_700_000_000_000_000
SESSIONS = 300
REMEDIES = ("Move it away", "--ledger", "Restart nightlatch", "restore")


def template(folder: Path) -> Path:
    """A ledger with sessions that live, that were ended and that ran out, a third each."""
    path = folder / "template.db"
    writer = open_writer(path)
    for number in range(SESSIONS):
        key, at = f"s{number}", BEGAN + number
        session = Session(key, SITE, "alice", "nightlatch", at, at, at, at, agent="Firefox", network="10.0.0.0/24")
        writer.create(session, mark(number), [Event(EventType.SESSION_CREATED, at, key, "alice")])
        if number % 3:
            end = End(at, "logout") if number % 3 == 1 else End(at, "expired", "idle", 1, 1, None, at)
            writer.end(key, end, Event(EventType.SESSION_ENDED, at, key, "alice", detail={"reason": end.reason}))
    writer.close()
    return path


def mark(number: int) -> bytes:
    """The fingerprint of a session's credential."""
    return number.to_bytes(16, "big")


def one(source: Path, folder: Path, seed: int) -> Counter[str]:
    """What became of the ledger of `seed`.

    Raises:
        BrokenPromise: it does not hold.
    """
    chance = random.Random(seed)
    path = Path(shutil.copy(source, folder / f"{seed}.db"))
    met: Counter[str] = Counter(ledgers=1)
    done = ""
    try:
        done = damage(path, chance) if seed % 2 == 0 else ""
        with _noting(met, "refused at the start"), opened(path) as (reader, writer):
            if not done:
                _ask(reader, Counter(), 7)
                done = damage(path, chance)
            _ask(reader, met)
            _write(writer, met)
            with _noting(met, "the trail cannot be read"):
                met["the trail does not fit"] += verify_chain(reader) is not None
    except BrokenPromise as broken:
        raise BrokenPromise(f"seed {seed} ({done}): {broken}") from broken
    except Exception as error:
        raise BrokenPromise(f"seed {seed} ({done}): {error!r} instead of an error with a remedy") from error
    for file in folder.glob(f"{seed}.db*"):
        file.unlink()
    return met


@contextlib.contextmanager
def opened(path: Path) -> Iterator[tuple[LedgerReader, LedgerWriter]]:
    with contextlib.closing(open_writer(path)) as writer, contextlib.closing(open_reader(path)) as reader:
        reader.key()
        yield reader, writer


def _ask(reader: LedgerReader, met: Counter[str], step: int = 1) -> None:
    """Every session's credential, as on a request."""
    for number in range(0, SESSIONS, step):
        with _noting(met, "requests answered 503"):
            _, found = reader.look(mark(number))
            if found is not None and found.session.end is None and number % 3:
                raise BrokenPromise(f"the ended session s{number} is answered as live")
            met["requests answered"] += 1


def _write(writer: LedgerWriter, met: Counter[str]) -> None:
    """What a guard writes."""
    at = BEGAN + SESSIONS
    fresh = Session("fresh", SITE, "bob", "nightlatch", at, at, at, at)
    for work in (
        lambda: writer.touch([Touch(f"s{number}", at, 0, at) for number in range(SESSIONS)]),
        lambda: writer.create(fresh, b"f" * 16, [Event(EventType.SESSION_CREATED, at, "fresh")]),
        lambda: writer.end("s0", End(at, "logout"), Event(EventType.SESSION_ENDED, at, "s0")),
        writer.probe,
    ):
        with _noting(met, "writes refused"):
            work()


@contextlib.contextmanager
def _noting(met: Counter[str], what: str) -> Iterator[None]:
    try:
        yield
    except LedgerError as error:
        if not any(remedy in str(error) for remedy in REMEDIES):
            raise BrokenPromise(f"no remedy is named: {error}") from error
        met[what] += 1


def run(folder: Path, first: int, count: int, say: Callable[[str], None]) -> Mapping[str, object]:
    """So many seeds; the figures."""
    folder.mkdir()
    source, total = template(folder), Counter[str]()
    for seed in range(first, first + count):
        met = one(source, folder, seed)
        total += Counter({"noticed by somebody": int(any(value for name, value in met.items() if name not in QUIET))})
        total += met
        say(f"{seed - first + 1} ledgers")
    names = ("ledgers", "refused at the start", "requests answered", "requests answered 503", "writes refused")
    rest = ("the trail does not fit", "the trail cannot be read", "noticed by somebody")
    return {name: total[name] for name in (*names, *rest)} | {"ended sessions answered as live": 0}


QUIET = ("ledgers", "requests answered")
