"""A HAR file as a whole: fast when it is well-formed, else entry by entry, and as far as it goes when it breaks off.

A bad entry is skipped and named (`entries[17]`) with the reason.
"""

import json
import re
from collections.abc import Iterable, Iterator

import msgspec

from nightlatch.replay.exchange import Capture, CaptureUnreadable, Exchange, Skipped, Unfit
from nightlatch.replay.readers.har import UNDECODABLE, Entry, Har, HarReader
from nightlatch.replay.readers.har_mending import mended
from nightlatch.replay.readers.views import Views

EXPECTED = 'expected a HAR file: JSON with {"log": {"entries": […]}}'

_HAR = msgspec.json.Decoder(Har)
_ENTRY = msgspec.json.Decoder(Entry)
_LOOSE = json.JSONDecoder()
_BLANK = re.compile(r"\s+")


class _LooseLog(msgspec.Struct):
    entries: list[msgspec.Raw]


class _LooseHar(msgspec.Struct):
    log: _LooseLog


def read_har(file: str, content: bytes, views: Views) -> Capture:
    """The exchanges of the HAR document `content` (UTF-8, no byte order mark), which `file` held.

    Raises:
        CaptureUnreadable: nothing in it looks like a HAR file.
    """
    reader, skipped = HarReader(file, views), list[Skipped]()
    exchanges = list(_fitting(reader, _entries(file, content, skipped), skipped))
    return Capture(file, exchanges, skipped, reader.warped)


def _fitting(reader: HarReader, entries: Iterable[Entry | None], skipped: list[Skipped]) -> Iterator[Exchange]:
    for position, entry in enumerate(entries):
        if entry is None:
            continue
        try:
            yield reader.exchange(position, entry)
        except Unfit as reason:
            skipped.append(Skipped(f"entries[{position}]", str(reason)))


def _entries(file: str, content: bytes, skipped: list[Skipped]) -> Iterable[Entry | None]:
    """Every entry in its place; None for one that was skipped."""
    try:
        return _HAR.decode(content).log.entries
    except UNDECODABLE:
        pass
    try:
        loose = msgspec.json.decode(content, type=_LooseHar).log.entries
    except msgspec.ValidationError:
        raise CaptureUnreadable(f"{file}: {EXPECTED}") from None
    except UNDECODABLE:
        return _until_it_breaks(file, content.decode("utf-8", "replace"), skipped)
    return _one_by_one(map(bytes, loose), skipped)


def _one_by_one(texts: Iterable[bytes], skipped: list[Skipped]) -> Iterator[Entry | None]:
    for position, text in enumerate(texts):
        try:
            yield _ENTRY.decode(text)
        except UNDECODABLE:
            yield _mended(position, text, skipped)


def _mended(position: int, text: bytes, skipped: list[Skipped]) -> Entry | None:
    try:
        return mended(json.loads(text))
    except (Unfit, ValueError, RecursionError) as reason:
        skipped.append(Skipped(f"entries[{position}]", str(reason)))
        return None


def _until_it_breaks(file: str, text: str, skipped: list[Skipped]) -> list[Entry | None]:
    """The entries of a document that is no whole JSON: it broke off, or has something in it that JSON has not."""
    start = text.find("[", text.find('"entries"') + 9) if '"entries"' in text else -1
    if start < 0:
        raise CaptureUnreadable(f"{file}: {EXPECTED}; it is no JSON")
    texts, at, why = list[bytes](), start, ""
    while not why:
        try:
            found, after = _LOOSE.raw_decode(text, _next(text, at + 1))
            texts.append(json.dumps(found).encode())
            at = _next(text, after)
            if text[at : at + 1] != ",":
                break
        except (ValueError, RecursionError) as error:
            why = f"the file is no JSON from here on ({error}); what stands before was read"
    entries = list(_one_by_one(texts, skipped))
    if why:
        skipped.append(Skipped(f"entries[{len(texts)}]", why))
    return entries


def _next(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return at if blank is None else blank.end()
