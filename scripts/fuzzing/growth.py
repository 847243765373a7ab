"""Time that grows faster than the input: a regular expression that goes back and back, a loop within a loop.

Pieces of what a target knows are repeated, twice as often each time; where eight times the input takes far more than
eight times the time, that is a fault. Only what takes long enough to be measured counts.
"""

from collections.abc import Iterator
from random import Random
from time import thread_time
from typing import NamedTuple

from scripts.fuzzing.attempts import Fault, attempt, kept
from scripts.fuzzing.target import Target

_SMALL, _FACTOR = 4_000, 8
_LONG_ENOUGH = 0.2
"""Seconds for the larger input."""

_STEEP = _FACTOR**1.6
"""n log n is far below, n squared far above."""


class Shape(NamedTuple):
    """An input of any size: `piece` again and again between a beginning and an end."""

    before: bytes
    piece: bytes
    after: bytes

    def of(self, size: int) -> bytes:
        """About `size` bytes."""
        return self.before + self.piece * max(1, size // len(self.piece)) + self.after


def steep(target: Target, name: str, shapes: int, seed: int) -> list[Fault]:
    """The inputs among `shapes` random ones on which the time grows too fast."""
    random = Random(f"growth {name} {seed}")
    found = (_tried(target, _shape(random, target, (*target.seeds, *kept(name)))) for _ in range(shapes))
    return [fault for fault in found if fault is not None]


def _shape(random: Random, target: Target, seeds: tuple[bytes, ...]) -> Shape:
    seed = random.choice(seeds) or b"a"
    start = random.randrange(len(seed))
    end = start + 1 + random.randrange(12)
    pieces = [
        seed[start:end],
        random.choice(target.words or (b"a",)),
        bytes([random.choice(b" a1.;,/\\\"'=&-*([{\t\n\r:%")]),
    ]
    piece = b"".join(random.sample(pieces, random.choice((1, 1, 2)))) or b"a"
    return Shape(seed[:start], piece, seed[end:] if random.random() < 0.5 else b"\x01")


def _tried(target: Target, shape: Shape) -> Fault | None:
    small, large = (min(_times(target, shape.of(size))) for size in (_SMALL, _SMALL * _FACTOR))
    if large < _LONG_ENOUGH or large < small * _STEEP:
        return None
    message = f"{small * 1000:.1f} ms for {_SMALL} bytes, {large * 1000:.0f} ms for {_FACTOR} times as many"
    return Fault("steep", repr(shape.piece[:20]), message, shape.of(_SMALL))


def _times(target: Target, content: bytes) -> Iterator[float]:
    """How long it takes, once or, where that is long, twice: the shorter time is the reader's own."""
    for _ in range(2):
        start = thread_time()
        attempt(target, content)
        taken = thread_time() - start
        yield taken
        if taken < _LONG_ENOUGH:
            return
