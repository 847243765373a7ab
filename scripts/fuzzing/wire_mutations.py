"""Requests that look almost like those of the corpus: bytes put in, taken out, doubled, swapped; requests joined.

Every choice is the generator's that is handed in, so a number gives the same bytes again.
"""

from collections.abc import Sequence
from random import Random

from scripts.fuzzing.wire_corpus import Entry, Field, Message, Names, frames, http1, http2

_BYTES = (
    b"\r|\n|\r\n|\r\n\r\n| |\t|\x00|\x0b|\x0c|\x1c|\x7f|\x85|\xa0|\xff|:|;|,|\"|'|\\|/|?|#|%|@|_|-|0|5|+|0x|\r\n |\n\t"
    b"|chunked|identity|Transfer-Encoding: chunked\r\n|Content-Length: 5\r\n|Content-Length: 0\r\n|HTTP/1.1|HTTP/1.0"
    b"|Host: x\r\n|Cookie: a=b\r\n|X-Forwarded-User: root\r\n|GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n|0\r\n\r\n"
    b"|Connection: close\r\n|Connection: Cookie\r\n|Expect: 100-continue\r\n|sid=|..|;/|\xe2\x84\xaa|\xc5\xbf"
)
TOKENS = (*_BYTES.split(b"|"), b"|")


def request1(entries: Sequence[Entry], names: Names, random: Random) -> tuple[bytes, ...]:
    """What a client of HTTP/1 sends, in pieces as they arrive."""
    data = b"".join(http1(random.choice(entries), names) for _ in range(random.choice((1, 1, 1, 2))))
    for _ in range(random.choice((1, 1, 2, 3, 5))):
        data = mutated(data, random)
    return _in_pieces(data, random)


def request2(entries: Sequence[Entry], names: Names, random: Random) -> tuple[bytes, ...]:
    """What a client of HTTP/2 sends: fields changed, and now and then the frames themselves."""
    chosen = [random.choice(entries) for _ in range(random.choice((1, 1, 2)))]
    data = frames([_changed(http2(entry, names), random) for entry in chosen])
    if random.random() < 0.2:
        data = data[:24] + mutated(data[24:], random)
    return _in_pieces(data, random)


def mutated(data: bytes, random: Random) -> bytes:
    """`data` with one thing different."""
    at = random.randint(0, len(data))
    upto = min(len(data), at + random.choice((1, 1, 2, 4, 16, 64)))
    token = random.choice(TOKENS)
    return random.choice(
        (
            data[:at] + token + data[at:],
            data[:at] + token + data[upto:],
            data[:at] + data[upto:],
            data[:upto] + data[at:],
            data[:at] + data[at:upto].swapcase() + data[upto:],
            data[:at] + bytes(random.randrange(256) for _ in data[at:upto]) + data[upto:],
            _lines_moved(data, random),
        )
    )


def _lines_moved(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\r\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    if random.random() < 0.5:
        lines[one], lines[other] = lines[other], lines[one]
    else:
        lines.insert(one, lines[other])
    return b"\r\n".join(lines)


def _changed(message: Message, random: Random) -> Message:
    fields, body = list(message.fields), message.body
    for _ in range(random.choice((0, 1, 1, 2))):
        at = random.randrange(len(fields))
        fields[at : at + 1] = random.choice((_other(fields[at], random), [fields[at]] * 2, []))
        fields = fields or list(message.fields)
    if random.random() < 0.1:
        random.shuffle(fields)
    if body is not None or random.random() < 0.2:
        body = mutated(body or b"hello", random)
    return Message(tuple(fields), body, message.trailers)


def _other(field: Field, random: Random) -> list[Field]:
    name, value = field
    return [(mutated(name, random), value)] if random.random() < 0.3 else [(name, mutated(value, random))]


def _in_pieces(data: bytes, random: Random) -> tuple[bytes, ...]:
    cuts = sorted(random.randint(0, len(data)) for _ in range(random.choice((0, 0, 1, 3))))
    return tuple(data[start:end] for start, end in zip((0, *cuts), (*cuts, len(data)), strict=True) if start < end)
