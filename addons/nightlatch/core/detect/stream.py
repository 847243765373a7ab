"""Leads facts to the detectors that watch for them, and keeps what each remembers, within bounds.

Pure but for its memory: the same facts in the same order give the same findings.
"""

from collections.abc import Mapping

from nightlatch.core.alert import Finding
from nightlatch.core.detect.detector import Detector, Memory, Thresholds, number
from nightlatch.core.detect.facts import Fact
from nightlatch.core.detect.table import DETECTORS
from nightlatch.core.policy import AlertRule

REMEMBERED = 20_000
"""Keys that a detector remembers at most; of more the one that was quiet for longest is forgotten. Fewer where it looks
no further back than a window: then nobody is remembered who has been quiet for that long."""


class Stream:
    """The detectors that are on."""

    def __init__(self, rules: Mapping[str, AlertRule]) -> None:
        """`rules`: the policy's alerts, by detector."""
        self._watching: dict[str, list[tuple[Detector, Thresholds]]] = {}
        self._memory: dict[str, dict[str, tuple[int, Memory]]] = {}
        """By detector and key, the one that was quiet for longest first: when its last fact was, and what is kept."""
        for name, rule in rules.items():
            self._memory[name] = {}
            for kind in DETECTORS[name].watches:
                self._watching.setdefault(kind, []).append((DETECTORS[name], rule.thresholds))

    def wants(self, kind: str) -> bool:
        """Whether any detector watches for facts of this kind."""
        return kind in self._watching

    def feed(self, fact: Fact) -> list[Finding]:
        """One fact more; what was found."""
        found = [self._step(detector, fact, thresholds) for detector, thresholds in self._watching.get(fact.kind, ())]
        return [each for each in found if each is not None]

    def forget(self) -> None:
        """Time starts anew: what was remembered lies in the future."""
        for memory in self._memory.values():
            memory.clear()

    def _step(self, detector: Detector, fact: Fact, thresholds: Thresholds) -> Finding | None:
        key = detector.key(fact)
        if key is None:
            return None
        memory = self._memory[detector.name]
        _, before = memory.pop(key, (0, None))
        kept, found = detector.step(before, fact, thresholds)
        if kept is not None:
            memory[key] = (fact.at, kept)
        if detector.within_window:
            _forget_until(memory, fact.at - number(thresholds, "window"))
        if len(memory) > REMEMBERED:
            del memory[next(iter(memory))]
        return found


def _forget_until(memory: dict[str, tuple[int, Memory]], instant: int) -> None:
    """Those who have been quiet since then."""
    while memory and memory[oldest := next(iter(memory))][0] <= instant:
        del memory[oldest]
