"""A guard that is killed on a ledger in PostgreSQL, whose server is killed as well, under the same load: nobody passes
while it is gone, nothing is lost, and the guard is back by itself as soon as the server is."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from scripts.stress.book import Kept, Standing
from scripts.stress.clients import BrokenPromise
from scripts.stress.guard_kills import Run
from scripts.stress.own_server import STOPPED, Target
from scripts.stress.upstream import Upstream
from scripts.stress.visitor import Unheard

PATIENCE = 60.0
"""Seconds within which a guard must be back."""
BOTH = 0.3
"""The share of stops of the server in which the guard is killed as well, so that it starts on a server that is gone."""
PAUSE = 0.01


class ServerRun(Run):
    """A run on the ledger of `target`."""

    IN_DOUBT, PATIENCE = True, 20.0

    def __init__(
        self, directory: Path, target: Target, upstream: Upstream, seed: int, say: Callable[[str], None]
    ) -> None:
        super().__init__(directory, target.url, upstream, seed, say)
        self._target = target
        self._ways = Counter[str]()
        self._back: list[float] = []

    def _cut(self) -> None:
        way, both = self._dice.choice(self._target.WAYS), self._dice.random() < BOTH
        self._ways[way] += 1
        before = self._guard.facts.get("pid")
        self._target.harm(way, self._dice, self._without_guard if both else self._nobody_passes)
        begun = time.monotonic()
        if way == STOPPED and both:
            self._listening()
        self._let_in_again()
        self._back.append(time.monotonic() - begun)
        if not (way == STOPPED and both) and self._guard.facts.get("pid") != before:
            raise BrokenPromise(f"the guard ended with its server:\n{self._guard.log()}")
        self._promises.hold(self._dice.choice)

    def _cuts(self) -> Mapping[str, object]:
        told: dict[str, object] = {f"the server: {way}": count for way, count in sorted(self._ways.items())}
        told["starts of the guard that failed, as the server was gone"] = self._counts["starts that failed"]
        told["checks that were answered 503, or not at all, first"] = self._promises.put_off
        return {**told, "seconds until people are let in again (median, slowest)": self._waits()}

    def _waits(self) -> str:
        return f"{median(self._back):.2f}, {max(self._back):.2f}" if self._back else "none"

    def _without_guard(self) -> None:
        """The guard is killed as well, and is started on a server that is gone."""
        self._counts["kills beside"] += 1
        self._guard.restarted()

    def _nobody_passes(self) -> None:
        """The server is gone: not even a live session is let in."""
        self._visitor.close()
        kept = self._book.take()
        if kept is None:
            return
        try:
            if self._visitor.ask(f"/gone/{kept.number}", kept.credential).let_in:
                raise BrokenPromise(f"{kept} was let in while the server was gone")
        except Unheard:
            self._counts["unheard"] += 1  # no answer is no pass; whether the guard lives is looked at
        finally:
            self._book.put(kept)

    def _listening(self) -> None:
        """Supervised, it starts until it can: on a server that is gone, or too busy, it does not."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                self._guard.listening()
                return
            except RuntimeError:
                self._counts["starts that failed"] += 1
                if time.monotonic() > until:
                    raise

    def _let_in_again(self) -> None:
        """Somebody who was logged in is let in; whoever else is."""
        until, kept = time.monotonic() + PATIENCE, self._book.take()
        self._visitor.close()
        while kept is not None and not self._let_in(kept):
            if time.monotonic() > until:
                raise BrokenPromise(f"nobody is let in although the server is back:\n{self._guard.log()}")
            time.sleep(PAUSE)
        if kept is not None:
            self._book.put(kept, Standing.LIVE)

    def _let_in(self, kept: Kept) -> bool:
        try:
            heard = self._visitor.ask(f"/live/{kept.number}", kept.credential)
        except Unheard:
            return False
        if heard.turned_away:
            raise BrokenPromise(f"{kept} was answered {heard} when the server was back")
        kept.renewed(heard.credential)
        return heard.let_in
