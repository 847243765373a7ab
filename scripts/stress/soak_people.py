"""The people of the soak: each thread of it is some dozen of them, at one connection, one after the other.

They log in, look around, have their credential renewed, log out or simply leave; with them come strangers, scripts with
made-up cookies, paths and user agents, and people whose session began long ago. What they see is counted and judged:
who left never gets in again.
"""

import random
import threading
from array import array
from collections import Counter
from collections.abc import Sequence
from socket import socket

from scripts.bench_ledger import credential
from scripts.stress.soak_client import Client

AT_ONCE = 25
"""People of one thread who are logged in at a time."""
NAMES = 500
"""Different people there are: all have been here before the last two thirds of the day, so that whoever remembers
people remembers all."""
LEAVES, COMES_BACK, ODD = 0.04, 0.01, 0.03
"""How often, of all requests, somebody leaves (and another one logs in), tries a credential whose session is over, and
something happens that no browser does."""


class Crowd:
    """One thread's people."""

    def __init__(self, url: str, cookie: str, kept: range, seed: int) -> None:
        """`cookie`: the name of the guard's; `kept`: those of the sessions from before that are asked for here."""
        self._client, self._name, self._kept = Client(url), cookie, kept
        self._renewed: dict[int, str] = {}
        self._dice = random.Random(seed)
        self._here: list[str] = []
        self._left: list[str] = []
        self.seconds = array("f")
        self.seen: Counter[str] = Counter()
        self.broken: list[str] = []

    def live(self, requests: int) -> None:
        """So many requests, whatever they are."""
        for _ in range(requests):
            self._step()

    def someone(self) -> str:
        """The credential of somebody who is logged in."""
        if not self._here:
            self._log_in()
        return self._dice.choice(self._here)

    def wake(self, most: int) -> None:
        """Everybody of before is here once, `most` at most."""
        for number in self._kept[:most]:
            self._wake(number)

    def open_lasting(self) -> list[socket]:
        """A WebSocket and an event stream of somebody who is here, as far as they are let in."""
        cookie = self.someone()
        found = (self._client.open_socket(cookie), self._client.open_stream(cookie))
        return [held for held in found if held is not None]

    def close(self) -> None:
        self._client.close()

    def _step(self) -> None:
        chance = self._dice.random()
        if len(self._here) < AT_ONCE:
            self._log_in()
        elif chance < LEAVES:
            self._leave()
        elif chance < LEAVES + COMES_BACK:
            self._come_back()
        elif chance < LEAVES + COMES_BACK + ODD:
            self._be_odd()
        else:
            self._look_around()

    def _log_in(self) -> None:
        name = f"user{self._dice.randrange(NAMES)}"
        answer = self._client.submit("/.nightlatch/login", body=f"user={name}&return_to=/")
        if answer.status != 303 or not answer.cookie:
            self.broken.append(f"{name} could not log in: {answer.status} {answer.verdict}")
        else:
            self._here.append(answer.cookie)
        self.seen["login"] += 1

    def _leave(self) -> None:
        """Half of the people log out; the others are never seen again, and their sessions run out."""
        gone = self._here.pop(self._dice.randrange(len(self._here)))
        if self._dice.random() < 0.5:
            answer = self._client.submit("/.nightlatch/logout", gone)
            self.seen["logout"] += 1
            if answer.status < 400:
                self._left.append(gone)
                del self._left[:-500]

    def _come_back(self) -> None:
        if self._left:
            answer = self._client.ask("/", self._dice.choice(self._left))
            self.seen["came back"] += 1
            if answer.status == 200:
                self.broken.append("a session that was over was let in")

    def _be_odd(self) -> None:
        odd = self._dice.getrandbits(64)
        kind = self._dice.randrange(4)
        if kind == 0:
            answer = self._client.ask(f"/{odd:x}?q={odd:x}", accept="text/html")
        elif kind == 1:
            answer = self._client.ask("/", f"{self._name}={odd:x}", agent=f"agent/{odd:x}")
        elif kind == 2:
            self._client.close()
            answer = self._client.ask("/.nightlatch/login?return_to=%2F" + f"{odd:x}")
        else:
            answer = self._client.ask("/favicon.ico", agent=f"agent/{odd:x}")
        self.seen["odd"] += 1
        if kind < 2 and answer.status == 200:
            self.broken.append(f"a stranger was let in: {kind}")

    def _look_around(self) -> None:
        if self._kept and self._dice.random() < 0.1:
            self._wake(self._dice.choice(self._kept))
            return
        at = self._dice.randrange(len(self._here))
        answer = self._client.ask(f"/page/{self._dice.randrange(200)}", self._here[at])
        self._note(answer.verdict or "allow", answer.seconds)
        if answer.verdict:
            self._here.pop(at)
        elif answer.cookie:
            self._here[at] = answer.cookie

    def _wake(self, number: int) -> None:
        """Somebody whose session is from before the day is here again."""
        answer = self._client.ask("/", self._renewed.get(number) or f"{self._name}={credential(number)}")
        self._note(answer.verdict or "allow", answer.seconds)
        if answer.verdict:
            self.broken.append(f"a session of long ago got {answer.status} {answer.verdict}")
        elif answer.cookie:
            self._renewed[number] = answer.cookie

    def _note(self, verdict: str, seconds: float) -> None:
        self.seen[verdict] += 1
        self.seconds.append(seconds)


def together(crowds: Sequence[Crowd], requests: int) -> None:
    """Have all crowds make `requests` requests in all, at the same time."""
    threads = [threading.Thread(target=crowd.live, args=(requests // len(crowds),)) for crowd in crowds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
