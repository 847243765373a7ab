"""Ways in which a page of a file goes bad: by a seed, so that each can be seen again. Knows nothing of its contents."""

import random
from collections.abc import Callable
from pathlib import Path

PAGE = 4096


def noise(chance: random.Random, page: bytes, _: bytes) -> bytes:
    """Something else was written over it."""
    return chance.randbytes(len(page))


def nothing(_: random.Random, page: bytes, __: bytes) -> bytes:
    """A write that never came, or a hole."""
    return bytes(len(page))


def flipped(chance: random.Random, page: bytes, _: bytes) -> bytes:
    """A single bit."""
    place = chance.randrange(len(page))
    return page[:place] + bytes([page[place] ^ 1 << chance.randrange(8)]) + page[place + 1 :]


def torn(chance: random.Random, page: bytes, other: bytes) -> bytes:
    """Half of a write."""
    cut = chance.randrange(1, 8) * 512
    return page[:cut] + other[cut:]


def misplaced(_: random.Random, __: bytes, other: bytes) -> bytes:
    """A write that went to the wrong place: a page that is good, but another one."""
    return other


KINDS: tuple[Callable[[random.Random, bytes, bytes], bytes], ...] = (noise, nothing, flipped, torn, misplaced)


def damage(file: Path, chance: random.Random) -> str:
    """Make one page of `file` bad; what was done, and where."""
    with file.open("r+b") as opened:
        pages = file.stat().st_size // PAGE
        where, kind = chance.randrange(pages), chance.choice(KINDS)
        opened.seek(chance.randrange(pages) * PAGE)
        other = opened.read(PAGE)
        opened.seek(where * PAGE)
        page = opened.read(PAGE)
        opened.seek(where * PAGE)
        opened.write(kind(chance, page, other))
    return f"{kind.__name__}, page {where + 1} of {pages}"
