"""What a target of the fuzzer is: a function of bytes that returns, and inputs to begin with."""

from collections.abc import Callable
from typing import NamedTuple


class Broken(AssertionError):
    """A property that does not hold."""


class Target(NamedTuple):
    """One reader of foreign bytes.

    `run` knows what the reader may raise and lets nothing else through; whatever comes out of it is a fault.
    """

    run: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    """Inputs that are in order, or nearly."""
    words: tuple[bytes, ...] = ()
    """What means something to the reader, and is put in here and there."""
    weight: float = 1.0
    """Its share of the inputs: less for what takes long."""
    grows: bool = True
    """Its time is that of the reader, so that growth can be measured: false where a process or a database is asked."""


Targets = dict[str, Target]


def holds(condition: object, what: str) -> None:
    """Raises:
    Broken: it does not.
    """
    if not condition:
        raise Broken(what)


def split(content: bytes, parts: int) -> list[bytes]:
    """`content` as that many lines, the last of which takes the rest; what is missing is empty."""
    found = content.split(b"\n", parts - 1)
    return found + [b""] * (parts - len(found))
