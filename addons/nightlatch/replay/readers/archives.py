"""Captures in zip files: what Playwright records (`recordHar` with a .zip, or a trace), and a single capture of any
kind."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

import msgspec

from nightlatch.replay.exchange import CaptureUnreadable

EXPECTED = "expected a zip file with a .har in it, a Playwright trace, or a single capture"


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
        CaptureUnreadable: it is damaged, encrypted, or has no capture in it.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
            found = [Member(name, _har(name, archive.read(name))) for name in _captures(names)]
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, NotImplementedError) as reason:
        raise CaptureUnreadable(f"{file}: a zip file that cannot be unpacked ({reason}); {EXPECTED}") from None
    if not found:
        raise CaptureUnreadable(f"{file}: {EXPECTED}; there are {', '.join(names[:10]) or 'no files'} in it")
    return found


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
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
        if told.type == "resource-snapshot" and told.snapshot is not msgspec.UNSET:
            yield bytes(told.snapshot)
