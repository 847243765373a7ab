"""Two guards and a stream of commands on one ledger: clients of both guards and commands work on the same session at
the same time, and write down when each call began and what it gave. One session after the other.

Knows HTTP and commands; what must be answered is the model's business.
"""

import json
import random
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

from scripts.stress.clients import BrokenPromise
from scripts.stress.commands import Commands
from scripts.stress.history import FOREVER, UNHEARD, Operation, check
from scripts.stress.opened import reading
from scripts.stress.site_model import IN, LIVE, OUT, Guarded, site
from scripts.stress.supervisor import Supervisor
from scripts.stress.visitor import Heard, Unheard, Visitor

from nightlatch.identity.fingerprint import fingerprint

CALLS, COMMANDS = 60, 5
"""How many calls, and how many commands, a session is worked on with at least."""
JUMP = "121m"
"""More than twice `idle`: a request that is under way meanwhile counts as activity until one limit after its start."""
CLIENT = {"ask": 94, "again": 5, "log out": 1}
COMMAND = {"show": 45, "nudge": 45, "end": 4, "delete": 3, "jump": 3}


class Worked(NamedTuple):
    """One session's history: the credential that it began with, and what was called."""

    credential: str
    history: Sequence[Operation]


class Session:
    """A session that is being worked on: its id, the credentials that anybody heard of, the calls."""

    def __init__(self, name: str, credential: str) -> None:
        self.name, self.credentials, self.called = name, [credential], list[Operation]()
        self.commands = 0
        self.failed = list[str]()
        """What went wrong, by caller: then everybody stops."""

    @property
    def over(self) -> bool:
        """Whether it was worked on enough."""
        return bool(self.failed) or (len(self.called) >= CALLS and self.commands >= COMMANDS)


class Site:
    """The guards, the commands, and those who call them."""

    def __init__(self, guards: Sequence[Supervisor], commands: Commands, ledger: str, upstream: str, seed: int) -> None:
        self._guards, self._commands, self._ledger, self._upstream = guards, commands, ledger, upstream
        self._dice = random.Random(seed)
        with reading(ledger) as reader:
            self._key = reader.key()

    def work(self, sessions: int) -> list[Worked]:
        """Begin so many sessions, one after the other, and let everybody loose on each."""
        return [self._work() for _ in range(sessions)]

    def _work(self) -> Worked:
        visitor = Visitor(self._guards[0].port)
        credential = visitor.log_in("ada").credential
        visitor.close()
        session = Session(self._session_of(credential), credential)
        callers = [*(Client(self, guard, session, self._seed()) for guard in self._guards)]
        commanders = [Commander(self, number, session, self._seed()) for number in (1, 2)]
        threads = [threading.Thread(target=each.live) for each in (*callers, *commanders)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if session.failed:
            raise BrokenPromise("; ".join(session.failed))
        return Worked(credential, session.called)

    def _seed(self) -> int:
        return self._dice.randrange(1 << 30)

    def _session_of(self, credential: str) -> str:
        with reading(self._ledger) as reader:
            found = reader.find(fingerprint(self._key, self._upstream, "nightlatch", credential))
        if found is None:
            raise BrokenPromise("a session that was acknowledged is not in the ledger")
        return found.session.id

    def is_of(self, credential: str, session: Session) -> bool:
        """Whether a credential is one of the session's: that never changes."""
        return self._session_of(credential) == session.name

    def command(self, name: str, *arguments: str) -> tuple[int, str]:
        done = self._commands.run(*arguments, name=name)
        return done.code, done.out

    def control(self) -> dict[str, Any]:
        """Either guard's control API."""
        return self._dice.choice(self._guards).facts


class Caller(ABC):
    """Somebody who works on a session until that is over."""

    def __init__(self, site: Site, name: str, session: Session, seed: int, weights: dict[str, int]) -> None:
        self.site, self.name, self.session, self.dice = site, name, session, random.Random(seed)
        self._weights = weights

    def live(self) -> None:
        try:
            while not self.session.over:
                kind = self.dice.choices(list(self._weights), list(self._weights.values()))[0]
                self.do(kind)
        except Exception as error:
            self.session.failed.append(f"{self.name}: {error!r}")

    @abstractmethod
    def do(self, kind: str) -> None: ...

    def note(self, act: tuple[Any, ...], call: Callable[[], Hashable]) -> None:
        """Call, and write down what came of it."""
        called_at = time.monotonic_ns()
        try:
            answer, answered_at = call(), time.monotonic_ns()
        except Unheard:
            answer, answered_at = UNHEARD, FOREVER
        self.session.called.append(Operation(self.name, act, answer, called_at, answered_at))


class Client(Caller):
    """A client of one guard."""

    def __init__(self, site: Site, guard: Supervisor, session: Session, seed: int) -> None:
        super().__init__(site, f"client of {guard.port}", session, seed, CLIENT)
        self._visitor = Visitor(guard.port)

    def do(self, kind: str) -> None:
        credential = self.dice.choice(self.session.credentials[-4:])
        acts = {"ask": self._ask, "again": self._again, "log out": self._log_out}
        self.note((kind, credential), lambda: acts[kind](credential))

    def _ask(self, credential: str) -> Hashable:
        heard = self._visitor.ask("/page/1", credential)
        self._heard(heard, heard.let_in or heard.turned_away)
        if heard.credential:
            self.session.credentials.append(heard.credential)
        return (IN, heard.credential) if heard.let_in else (OUT, "")

    def _again(self, credential: str) -> Hashable:
        heard = self._visitor.log_in("ada", credential, again=True)
        self._heard(heard, heard.status == 303)
        if not self.site.is_of(heard.credential, self.session):
            return False, ""
        self.session.credentials.append(heard.credential)
        return True, heard.credential

    def _log_out(self, credential: str) -> Hashable:
        heard = self._visitor.log_out(credential)
        self._heard(heard, heard.status == 200)
        return heard.status

    def _heard(self, heard: Heard, fine: bool) -> None:
        if not fine:
            raise BrokenPromise(f"unlooked for: {heard}")


class Commander(Caller):
    """Commands, one after the other, and the control API."""

    def __init__(self, site: Site, number: int, session: Session, seed: int) -> None:
        super().__init__(site, f"command-{number}", session, seed, COMMAND)

    def do(self, kind: str) -> None:
        acts = {"show": self._show, "end": self._end, "delete": self._delete, "jump": self._jump}
        if kind == "nudge":  # so that a rotation is due; it ends nothing
            self._advance("2s")
        else:
            self.note((kind,), acts[kind])
        self.session.commands += 1

    def _show(self) -> Hashable:
        code, out = self.site.command(self.name, "sessions", "show", self.session.name, "--json")
        if code != 0:
            raise BrokenPromise(out)
        return json.loads(out)["ended_at"] is None

    def _end(self) -> Hashable:
        code, out = self.site.command(self.name, "sessions", "end", self.session.name)
        if code not in (0, 1):
            raise BrokenPromise(out)
        return code == 0

    def _delete(self) -> Hashable:
        facts = self.site.control()
        heard = Visitor(0).end(facts["control"], facts["token"], self.session.name)
        if heard.status != 200:
            raise BrokenPromise(f"an end by the control API was answered {heard}")
        return heard.status

    def _jump(self) -> Hashable:
        self._advance(JUMP)
        return True

    def _advance(self, by: str) -> None:
        """Another command may move it at the same moment; then one of them says so, and is given again."""
        code, out = self.site.command(self.name, "clock", "advance", by)
        while code == 1 and "moved by somebody else" in out:
            code, out = self.site.command(self.name, "clock", "advance", by)
        if code != 0:
            raise BrokenPromise(out)


def judge(worked: Sequence[Worked]) -> list[str]:
    """Sessions that no order of the calls explains."""
    wrong = list[str]()
    for number, each in enumerate(worked):
        broken = check(each.history, Guarded(LIVE, frozenset((each.credential,))), site)
        if broken is not None:
            stuck = "; ".join(f"{one.caller} {one.act} gave {one.answer}" for one in broken.stuck)
            wrong.append(f"session {number}: after {broken.placed} calls in {broken.state} none could follow: {stuck}")
    return wrong
