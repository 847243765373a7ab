"""Inputs out of inputs: bytes changed, taken out, doubled, put in, and pieces of one input in another."""

import re
from collections.abc import Callable, Sequence
from random import Random

LONGEST = 4096
"""Bytes. What grows with the input is looked at by `growth`."""

_NUMBER = re.compile(rb"\d+")
_NUMBERS = (b"0", b"-1", b"1e999", b"NaN", b"18446744073709551616", b"9" * 400, b"2147483648", b"0.1", b"00", b"1_0")
_ODD = (
    *(
        b"\x00",
        b"\r\n",
        b"\n",
        b"\xff",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\\ud800",
        b"\xe2\x80\xae",
        b"%00",
        b"%25",
        b"\\",
    ),
    *(b'"', b"'", b"[", b"]", b"{", b"}", b"[" * 500, b'{"a":' * 200, b";", b",", b"=", b":", b"../", b"\xef\xbb\xbf"),
    *(b"\xc5\xbf", b"\xc4\xb0", b"\xc3\x9f", b"\xef\xbc\x8f", b"\xd9\xa3", b"\x1c", b"\x85", b"\xe2\x80\xa8"),
)

Twist = Callable[[Random, bytearray, Sequence[bytes], Sequence[bytes]], None]


def mutated(random: Random, seeds: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    """An input like one of `seeds`; now and then one like nothing at all."""
    if random.random() < 0.02:
        return random.randbytes(random.randrange(200))
    content = bytearray(random.choice(seeds))
    for _ in range(1 << random.randrange(4)):
        random.choice(_TWISTS)(random, content, seeds, words)
    return bytes(content[:LONGEST])


def _changed(random: Random, content: bytearray, seeds: Sequence[bytes], words: Sequence[bytes]) -> None:
    if content:
        content[random.randrange(len(content))] = random.randrange(256)


def _flipped(random: Random, content: bytearray, seeds: Sequence[bytes], words: Sequence[bytes]) -> None:
    if content:
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)


def _taken_out(random: Random, content: bytearray, seeds: Sequence[bytes], words: Sequence[bytes]) -> None:
    start, end = _stretch(random, content)
    del content[start:end]


def _doubled(random: Random, content: bytearray, seeds: Sequence[bytes], words: Sequence[bytes]) -> None:
    start, end = _stretch(random, content)
    content[start:start] = content[start:end] * random.choice((1, 1, 2, 8))


def _moved(random: Random, content: bytearray, seeds: Sequence[bytes], words: Sequence[bytes]) -> None:
    start, end = _stretch(random, content)
    piece = content[start:end]
    del content[start:end]
    _put(random, content, piece)


def _cut(random: Random, content: bytearray, seeds: Sequence[bytes], words: Sequence[bytes]) -> None:
    del content[random.randrange(len(content) + 1) :]


def _word(random: Random, content: bytearray, seeds: Sequence[bytes], words: Sequence[bytes]) -> None:
    _put(random, content, random.choice(words or _ODD))


def _oddity(random: Random, content: bytearray, seeds: Sequence[bytes], words: Sequence[bytes]) -> None:
    _put(random, content, random.choice(_ODD))


def _piece_of_another(random: Random, content: bytearray, seeds: Sequence[bytes], words: Sequence[bytes]) -> None:
    other = bytearray(random.choice(seeds))
    start, end = _stretch(random, other)
    _put(random, content, other[start:end])


def _number(random: Random, content: bytearray, seeds: Sequence[bytes], words: Sequence[bytes]) -> None:
    found = list(_NUMBER.finditer(content))
    if found:
        start, end = random.choice(found).span()
        content[start:end] = random.choice(_NUMBERS)


def _put(random: Random, content: bytearray, piece: bytes | bytearray) -> None:
    """In between, or in place of as many bytes."""
    at = random.randrange(len(content) + 1)
    content[at : at + random.choice((0, len(piece)))] = piece


def _stretch(random: Random, content: bytearray) -> tuple[int, int]:
    start = random.randrange(len(content) + 1)
    return start, min(len(content), start + 1 + random.randrange(1 << random.randrange(8)))


_TWISTS: tuple[Twist, ...] = (
    *(_changed, _flipped, _taken_out, _doubled, _moved, _cut),
    *(_word, _word, _oddity, _piece_of_another, _number),
)
