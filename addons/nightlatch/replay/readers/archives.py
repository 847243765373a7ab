"""Captures in zip files: what Playwright records (`recordHar` with a .zip, or a trace), and a single capture of any
kind."""

import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, NamedTuple

import msgspec

from nightlatch.replay.exchange import CaptureUnreadable
from nightlatch.replay.readers.har import UNDECODABLE

MOST = 2 << 30
"""Bytes that the captures of one archive may have when they are unpacked: all of it is in memory at once, and a zip
file of a megabyte can say a gigabyte."""
EXPECTED = "expected a zip file with a .har in it, a Playwright trace, or a single capture"


DAMAGED = (zipfile.BadZipFile, RuntimeError, OSError, EOFError, ValueError, LookupError, zlib.error, lzma.LZMAError)
"""What `zipfile` raises over an archive that is cut off, encrypted, or tells untruths about what is in it."""


class Member(NamedTuple):
    """A file in an archive: its name, and its content unpacked."""

    name: str
    content: bytes


class _Line(msgspec.Struct):
    type: str = ""
    snapshot: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_LINE = msgspec.json.Decoder(_Line)


def members(file: str, content: bytes) -> list[Member]:
    """The captures in the archive `content`.

    Raises:
        CaptureUnreadable: it is damaged, encrypted, has no capture in it, or more than `MOST` bytes of them.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
            wanted = _captures(names)
            _refuse_a_bomb(file, sum(archive.getinfo(name).file_size for name in wanted))
            found = [Member(name, _har(name, archive.read(name))) for name in wanted]
    except CaptureUnreadable:
        raise
    except DAMAGED as reason:
        raise CaptureUnreadable(f"{file}: a zip file that cannot be unpacked ({reason}); {EXPECTED}") from None
    if not found:
        raise CaptureUnreadable(f"{file}: {EXPECTED}; there are {', '.join(names[:10]) or 'no files'} in it")
    return found


def gunzipped(file: str, packed: BinaryIO) -> bytes:
    """What is in the gzip file `packed`.

    Raises:
        CaptureUnreadable: more than `MOST` bytes.
        EOFError, zlib.error, gzip.BadGzipFile: it is damaged.
    """
    with gzip.GzipFile(fileobj=packed) as unpacking:
        content = unpacking.read(MOST + 1)
    _refuse_a_bomb(file, len(content))
    return content


def _refuse_a_bomb(file: str, size: int) -> None:
    """Of a zip file by what it says of itself: no more than that is ever unpacked."""
    if size > MOST:
        raise CaptureUnreadable(
            f"{file}: more than {MOST >> 20} MiB, unpacked; unpack it yourself, and give it in parts"
        )


def _captures(names: list[str]) -> list[str]:
    """HAR files come before traces; a Playwright archive also holds the bodies, as files of their own."""
    for suffix in (".har", ".network"):
        found = sorted(name for name in names if name.lower().endswith(suffix))
        if found:
            return found
    return names if len(names) == 1 else []


def _har(name: str, content: bytes) -> bytes:
    """What a trace tells of the network, as a HAR document; anything else as it is."""
    if not name.lower().endswith(".network"):
        return content
    return b'{"log":{"entries":[%b]}}' % b",".join(_snapshots(content))


def _snapshots(content: bytes) -> Iterator[bytes]:
    for line in content.split(b"\n"):
        try:
            told = _LINE.decode(line)
        except UNDECODABLE:
            continue
        if told.type == "resource-snapshot" and told.snapshot is not msgspec.UNSET:
            yield bytes(told.snapshot)
