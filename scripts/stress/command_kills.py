"""Commands that are killed while they write: what each changes must be there entirely, with its events, or not at all.

Half of the kills come at a random moment between the opening of the ledger and the end of the command, as measured;
half at the first sign of writing. On a server one in three is no kill: the command's connection is cut. Knows when to
kill, and compares; the scene knows what each command does, and `signs` how far one has come.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkServerProcess as Process
from pathlib import Path
from statistics import median

from scripts.stress.clients import BrokenPromise
from scripts.stress.command_scene import CASES, Case, Scene
from scripts.stress.commands import Commands
from scripts.stress.opened import reading
from scripts.stress.own_server import Target
from scripts.stress.promises import none_of
from scripts.stress.signs import FileSigns, ServerSigns
from scripts.stress.trail import Trail

from nightlatch.ledger.chain import verify_chain

BEFORE, AFTER, FINISHED = "killed before the change", "killed after it", "finished first"
CUT_OFF = 1 / 3
MEASURED = 3
"""How often each command is left alone, to know how long it takes."""


class CommandKills:
    """The run; `directory` gets the ledger, unless it is on a server: at `target`."""

    def __init__(self, directory: Path, seed: int, target: Target | None = None) -> None:
        self._scene = Scene(directory, target.url if target else "")
        self._signs = ServerSigns(self._scene, target) if target else FileSigns(self._scene)
        self._commands = Commands(directory / "out", self._signs.ledger)
        self._dice, self._trail = random.Random(seed), Trail()
        self._took: dict[str, float] = {}
        """Seconds from opening to the end, by command."""

    def kill(self, times: int, say: Callable[[str], None]) -> dict[str, Counter[str]]:
        """Give commands in turn, and kill each; what became of them.

        Raises:
            BrokenPromise: something is there by half.
        """
        outcomes = {name: Counter[str]() for name in CASES}
        for name in CASES:
            self._took[name] = median(self._unharmed(name) for _ in range(MEASURED))
        names = list(CASES)
        for number in range(times):
            name = names[number % len(names)]
            outcomes[name][self._killed(name)] += 1
            say(f"{number + 1} of {times} commands, {name}")
        self._verify()
        return outcomes

    def _unharmed(self, name: str) -> float:
        case = self._ready(name)
        process = self._start(case)
        self._signs.opened(process)
        begun = time.monotonic()
        done = self._commands.ended(process)
        took = time.monotonic() - begun
        if done.code != 0 or not case.changed():
            raise BrokenPromise(f"`nightlatch {' '.join(case.arguments)}` ended with {done.code}: {done.out}")
        self._read()
        return took

    def _killed(self, name: str) -> str:
        """One kill; what it met."""
        case = self._ready(name)
        sign = self._signs.sign()
        process = self._start(case)
        self._signs.opened(process)
        if self._dice.random() < 0.5:
            time.sleep(self._dice.uniform(0, 1.2 * self._took[name]))
        else:
            while process.is_alive() and self._signs.sign() == sign:
                pass
            time.sleep(self._dice.uniform(0, 0.002))
        if not (self._dice.random() < CUT_OFF and self._signs.cut_off()):
            process.kill()
        done = self._commands.ended(process)
        self._signs.over()
        return self.judged(name, case, done.code, done.out, self._read())

    def _ready(self, name: str) -> Case:
        case = CASES[name](self._scene)
        self._read()
        return case

    def _start(self, case: Case) -> Process:
        return self._commands.start(*case.arguments, ledger=case.on_ledger)

    def judged(self, name: str, case: Case, code: int, out: str, added: Sequence[str]) -> str:
        """What a kill met, by the command's exit code, what it printed, and the events that it added.

        Raises:
            BrokenPromise: something is there by half, or is not there although the command said so.
        """
        try:
            changed = case.changed()
        except ValueError as error:
            raise BrokenPromise(f"`{name}` was killed, and left half a file: {error}") from error
        if case.events is None:
            self._verify()
        if case.events is not None and list(added) != (list(case.events) if changed else []):
            raise BrokenPromise(f"`{name}` was killed, and left {'' if changed else 'no change, and '}{added}")
        if code == 0 and not (changed and case.printed(out)):
            raise BrokenPromise(f"`{name}` said that it was done, and was not: {out}")
        return FINISHED if code == 0 else AFTER if changed else BEFORE

    def _read(self) -> list[str]:
        """The types of the events that were added since; they fit the chain."""
        with reading(self._scene.ledger) as reader:
            last = self._trail.last
            none_of(self._trail.read(reader))
            return [each.event.type for each in reader.events(after=last)]

    def _verify(self) -> None:
        """The whole chain fits."""
        with reading(self._scene.ledger) as reader:
            broken = verify_chain(reader)
        none_of([f"event {broken.id} does not fit: {broken.why}"] if broken else [])
