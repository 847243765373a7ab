"""A guard under load that is killed again and again, on one ledger that lives through it all. A supervisor starts it
again; what was acknowledged must hold after every start, and for ever.

Knows when to kill, and what to look at afterwards; the clients and the book know what was heard. What else befalls the
ledger meanwhile depends on what it is made of: `power_cuts` for a file, `server_kills` for a server.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from scripts.stress.audit_file import missing
from scripts.stress.book import Book, Standing
from scripts.stress.clients import Administrator, BrokenPromise, Client
from scripts.stress.commands import Commands
from scripts.stress.promises import Promises, none_of
from scripts.stress.supervisor import Supervisor
from scripts.stress.upstream import Upstream
from scripts.stress.visitor import Visitor

POLICY = """
[policy]
name = "under-stress"
[session]
idle = "1h"
absolute = "30d"
rolling = "1s"
grace = "29d"
[[rule]]
name = "strict"
match = { path = "/strict/**" }
idle = "1s"
"""
CLIENTS = 5
LOAD = 0.4
"""Seconds of load after the checks, at most, before the next kill."""
WHILE_STARTING = 0.15
"""The share of kills while the guard starts."""


class Pace(NamedTuple):
    """How often it is killed; and how many rounds are between two jumps of the clock, two cuts (of what the ledger
    lives on), and two verifications of the whole trail by the command."""

    kills: int
    jump: int
    cut: int
    verify: int


class Figures(NamedTuple):
    """What came of it."""

    kills: int
    while_starting: int
    sessions: int
    ended: int
    credentials: int
    acts: Counter[str]
    tried: int
    let_in: int
    """How often a session that had ended reached the application."""
    events: int
    jumps: int
    cuts: Mapping[str, object]
    """What else befell the ledger, by name."""
    start: float
    """Seconds from a start to listening, the median."""


class Run:
    """One run on one kind of ledger; `say` tells how far it is."""

    IN_DOUBT = False
    """Whether a command that failed may have made its change all the same."""
    PATIENCE = 0.0
    """Seconds for which the guard may answer 503 although nobody harms it now."""

    def __init__(self, directory: Path, ledger: str, upstream: Upstream, seed: int, say: Callable[[str], None]) -> None:
        self._directory, self._upstream, self._say = directory, upstream, say
        self._dice, self._book = random.Random(seed), Book(seed)
        self._ledger, self._audit = ledger, directory / "audit.jsonl"
        (policy := directory / "policy.toml").write_text(POLICY)
        options = ("--policy", str(policy), "--audit-file", str(self._audit))
        self._guard = Supervisor(directory / "guard", upstream.url, self._ledger, *options)
        self._commands = Commands(directory / "commands", self._ledger)
        self._clients = [Client(self._guard, self._book, seed * 100 + number) for number in range(CLIENTS)]
        self._counts: Counter[str] = Counter()

    def kill(self, pace: Pace) -> Figures:
        """Kill it that often.

        Raises:
            BrokenPromise: something did not hold.
        """
        with self._guard, ExitStack() as opened:
            self._listening()
            self._visitor = Visitor(self._guard.port)
            self._promises = Promises(self._book, self._visitor, self._ledger, self._upstream.url, self.PATIENCE)
            whose, seed = self._promises.session_of, self._dice.randrange(1 << 30)
            self._administrator = Administrator(
                self._guard, self._book, seed, self._commands, whose, in_doubt=self.IN_DOUBT
            )
            self._clients.append(self._administrator)
            for client in self._clients:
                client.start()
                opened.callback(client.stop)
            for number in range(1, pace.kills + 1):
                self._round(number, pace)
                self._say(f"{number} of {pace.kills} kills, {self._promises.events} events")
            return self._conclude(pace.kills)

    def _round(self, number: int, pace: Pace) -> None:
        if number > 1 and self._dice.random() < WHILE_STARTING:
            self._counts["while starting"] += 1
            time.sleep(self._dice.uniform(0, median(self._guard.starts)))
        else:
            self._listening()
            self._look(number, pace)
            time.sleep(self._dice.uniform(0, LOAD))
            if number % pace.cut == 0:
                self._cut()
        self._guard.restarted()

    def _look(self, number: int, pace: Pace) -> None:
        none_of(client.broken for client in self._clients if client.broken)
        self._promises.hold(self._dice.choice)
        if number % pace.jump == 0:
            self._jump()
        if number % pace.verify == 0:
            self._verify()

    def _jump(self) -> None:
        """Move the clock beyond `idle`, and kill the guard meanwhile: once the command has said so, all have ended."""
        with self._paused():
            command = self._commands.start("clock", "advance", "61m", name="jump")
            time.sleep(self._dice.uniform(0, 0.05))
            self._guard.restarted()
            done = self._commands.ended(command, "jump")
            if done.code != 0:
                raise BrokenPromise(f"`clock advance` ended with {done.code}: {done.out}")
            self._book.all_ended()
        self._counts["jumps"] += 1
        self._counts["kills beside"] += 1
        self._listening()

    def _listening(self) -> None:
        """Return once the guard listens."""
        self._guard.listening()

    def _cut(self) -> None:
        """Let something befall what the ledger lives on, and look at what is left."""
        raise NotImplementedError

    def _cuts(self) -> Mapping[str, object]:
        """What that was so far, by name."""
        raise NotImplementedError

    def _verify(self) -> None:
        done = self._commands.run("audit", "verify", name="verify")
        if done.code != 0:
            raise BrokenPromise(f"`audit verify` ended with {done.code}: {done.out}")

    def _conclude(self, times: int) -> Figures:
        with self._paused():
            self._listening()
            self._promises.hold_for_all()
            self._verify()
            none_of(missing(self._audit, self._ledger, self._promises.events))
            let_in = self._upstream.asked["ended"]
            none_of(["sessions that had ended reached the application"] if let_in else [])
        kept = [each for standing in Standing for each in self._book.all(standing)]
        return Figures(
            times + self._counts["kills beside"],
            self._counts["while starting"],
            len(kept),
            self._book.count(Standing.ENDED),
            sum(len(each.credentials) for each in kept),
            sum((client.acts for client in self._clients), Counter()),
            self._promises.tried,
            let_in,
            self._promises.events,
            self._counts["jumps"],
            self._cuts(),
            median(self._guard.starts),
        )

    @contextmanager
    def _paused(self) -> Iterator[None]:
        """While it lasts no client does anything."""
        with ExitStack() as turns:
            for client in self._clients:
                turns.enter_context(client.turn)
            yield
