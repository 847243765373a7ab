"""Clients that keep a guard busy: each on a thread of its own logs in, asks, lets credentials rotate, logs out, is
thrown out, and writes into the book what it heard. Where a connection ends before the answer, that is written too.

Knows what a session's client and an administrator do; knows nothing of kills.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable

from scripts.stress.book import Book, Kept, Standing
from scripts.stress.commands import Commands
from scripts.stress.supervisor import Supervisor
from scripts.stress.visitor import Heard, Refused, Unheard, Visitor

from nightlatch.ledger.port import LedgerError
from nightlatch_cli.exits import ExitCode

SESSIONS = 60
"""How many live sessions there are at most, about."""
PAUSE = 0.01
"""Seconds that a client waits, about, before it does something else; and when nobody listens."""


WEIGHTS = {"visit": 60, "strict": 8, "logout": 18, "fresh login": 6, "login over": 4}
HARMLESS = frozenset(("visit", "fresh login"))
"""What ends no session, however it goes."""


class BrokenPromise(AssertionError):
    """Something that was promised did not hold; the message says what."""


class Client:
    """One client. `acts` counts what it did, and what nobody heard."""

    def __init__(self, guard: Supervisor, book: Book, seed: int) -> None:
        self.guard, self.book, self.dice = guard, book, random.Random(seed)
        self.acts: Counter[str] = Counter()
        self.turn = threading.Lock()
        """Held while it does something: who takes it makes it wait."""
        self.broken: str | None = None
        self._over = threading.Event()
        self._visitor = Visitor(guard.port)
        self._thread = threading.Thread(target=self._live, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()
        self.stop_talking()

    def stop_talking(self) -> None:
        """Close its connection."""
        self._visitor.close()

    def _live(self) -> None:
        while not self._over.is_set() and self.broken is None:
            try:
                with self.turn:
                    self.act()
                self._over.wait(self.dice.uniform(0, 2 * PAUSE))
            except Refused:
                self._over.wait(PAUSE)
            except Unheard:
                self.acts["unheard"] += 1
            except LedgerError:
                self.acts["ledger in use"] += 1
            except BrokenPromise as error:
                self.broken = str(error)
            except Exception as error:
                self.broken = f"a client failed: {error!r}"

    def act(self) -> None:
        """One thing, at random.

        Raises:
            Unheard: no answer came; the book knows.
            BrokenPromise: the answer was not as promised.
        """
        if self.book.count(Standing.LIVE) < self.dice.randrange(SESSIONS):
            self._log_in()
        elif (kept := self.book.take()) is not None:
            name = self.dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            acts = {"visit": self._visit, "strict": self._strict, "logout": self._log_out}
            acts |= {"fresh login": self._authenticate_again, "login over": self._log_in_over}
            self._do(name, acts[name], kept)

    def _do(self, name: str, act: Callable[[Kept], Standing], kept: Kept) -> None:
        """`act` with a session that is put back however it goes: where its end was asked for and not heard of, nobody
        knows how it stands."""
        standing, kept.last = kept.standing, name
        try:
            standing = act(kept)
            self.acts[name] += 1
        except Unheard as error:
            if name not in HARMLESS and not isinstance(error, Refused):
                standing = Standing.UNSURE
            raise
        finally:
            self.book.put(kept, standing)

    def _log_in(self, credential: str = "") -> None:
        user = self.dice.choice(("ada", "bob", "eve"))
        heard = self._visitor.log_in(user, credential)
        self.must("a login", heard, heard.status == 303 and bool(heard.credential))
        self.book.put(self.book.began(user, heard.credential))
        self.acts["login"] += 1

    def _visit(self, kept: Kept) -> Standing:
        heard = self._visitor.ask(f"/page/{kept.number}", kept.credential)
        self.must("a live session's request", heard, heard.let_in)
        if heard.credential:
            self.acts["rotation"] += 1
        kept.renewed(heard.credential)
        return Standing.LIVE

    def _strict(self, kept: Kept) -> Standing:
        """A page with an idle limit of a second: it may end the session, and says so."""
        heard = self._visitor.ask(f"/strict/{kept.number}", kept.credential)
        if heard.turned_away:
            return Standing.ENDED
        self.must("a request to the strict page", heard, heard.let_in)
        kept.renewed(heard.credential)
        return Standing.LIVE

    def _log_out(self, kept: Kept) -> Standing:
        heard = self._visitor.log_out(kept.credential)
        self.must("a logout", heard, heard.status == 200)
        return Standing.ENDED

    def _authenticate_again(self, kept: Kept) -> Standing:
        heard = self._visitor.log_in(kept.user, kept.credential, again=True)
        self.must("a fresh login", heard, heard.status == 303 and bool(heard.credential))
        kept.renewed(heard.credential)
        return Standing.LIVE

    def _log_in_over(self, kept: Kept) -> Standing:
        """A new session in the place of the old one, which ends."""
        self._log_in(kept.credential)
        return Standing.ENDED

    def must(self, what: str, heard: Heard, fine: bool) -> None:
        """`fine`, or refused with 503, which is not heard as an answer but never lets anything pass.

        Raises:
            Unheard: it is a 503.
            BrokenPromise: neither.
        """
        if heard.status in (502, 503):
            self.acts[f"answered {heard.status}"] += 1
            raise Unheard
        if not fine:
            raise BrokenPromise(f"{what} was answered {heard.status} {heard.verdict} {heard.body[:200]!r}")


class Administrator(Client):
    """Ends sessions from outside, by the control API and by `nightlatch sessions end`; and moves the clock a little."""

    def __init__(
        self,
        guard: Supervisor,
        book: Book,
        seed: int,
        commands: Commands,
        whose: Callable[[str], str],
        *,
        in_doubt: bool = False,
    ) -> None:
        """`whose` tells a credential's session; `in_doubt`: a command that could not use the ledger may have changed it
        all the same, since what it lost was the answer."""
        super().__init__(guard, book, seed)
        self._commands, self._whose, self._in_doubt = commands, whose, in_doubt

    def act(self) -> None:
        choice = self.dice.random()
        if choice < 0.2:
            self._command("clock", "advance", "1s")
            self.acts["clock advance"] += 1
        elif (kept := self.book.take()) is not None:
            name, act = ("control end", self._by_control) if choice < 0.6 else ("command end", self._by_command)
            self._do(name, act, kept)

    def _by_control(self, kept: Kept) -> Standing:
        facts = self.guard.facts
        if not facts:
            raise Refused
        heard = self._visitor.end(facts["control"], facts["token"], self._whose(kept.credential))
        self.must("an end by the control API", heard, heard.status == 200)
        return Standing.ENDED

    def _by_command(self, kept: Kept) -> Standing:
        self._command("sessions", "end", self._whose(kept.credential))
        return Standing.ENDED

    def _command(self, *arguments: str) -> None:
        done = self._commands.run(*arguments, name="administrator")
        if done.code == ExitCode.LEDGER:
            raise Unheard if self._in_doubt else LedgerError(done.out)  # nothing was changed
        if done.code != 0:
            raise BrokenPromise(f"`nightlatch {' '.join(arguments)}` ended with {done.code}: {done.out}")
