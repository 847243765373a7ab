"""Which kind of capture a file is, told by its content and never by its name, and the one way to read any of them."""

import gzip
import mmap
import re
import zlib
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from nightlatch.ledger.address import LedgerAddress, ServerAddress
from nightlatch.replay.exchange import Capture, CaptureUnreadable
from nightlatch.replay.readers.access_log import is_access_log, read_access_log
from nightlatch.replay.readers.archives import gunzipped, members
from nightlatch.replay.readers.columns import Columns
from nightlatch.replay.readers.flows import read_flows
from nightlatch.replay.readers.har_file import read_har
from nightlatch.replay.readers.recording import read_recording
from nightlatch.replay.readers.tables import is_csv, is_json_lines, read_csv, read_json_lines, read_parquet
from nightlatch.replay.readers.views import Views

EXPECTED = (
    "expected a HAR file, a mitmproxy flow file or a recording of nightlatch, its ledger, an access log, or requests "
    "as JSON lines, CSV or Parquet"
)

_GZIP, _ZIP, _SQLITE, _PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"SQLite format 3\0", b"PAR1"
_FLOW = re.compile(rb"\d{1,12}:\d{1,12}:")
_RECORDING = re.compile(rb'\s*\{[^\n]{0,200}"schema"\s*:\s*"nightlatch\.')
_HAR = re.compile(rb'\{\s*"log"\s*:\s*\{')
_WIDE = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HEAD = 65_536

NO_COLUMNS: Mapping[str, str] = {}


def read_capture(path: Path | ServerAddress, headers: Iterable[str] = (), columns: Columns = NO_COLUMNS) -> Capture:
    """The exchanges in the file `path`, compressed with gzip, in a zip file or as it is.

    Args:
        path: of a file; or where a ledger is on a server.
        headers: names of header fields that judging needs besides the usual ones, in lower case.
        columns: which column of a table says what, where its name does not tell.

    Raises:
        CaptureUnreadable: it cannot be opened, or is none of the formats; names it and what was expected.
    """
    views = Views(headers)
    if isinstance(path, ServerAddress):
        return _ledger(path, views)
    first, *more = contents(path)
    if first.content[: len(_SQLITE)] == _SQLITE:
        return _ledger(path, views)
    return _joined(str(path), [_read(each.name, each.content, views, columns) for each in (first, *more)])


def _ledger(address: LedgerAddress, views: Views) -> Capture:
    from nightlatch.replay.readers.ledger_file import read_ledger  # SQL is loaded for who has a ledger

    return read_ledger(address, views)


class Content(NamedTuple):
    """A file, or one in an archive: its name, and what is in it, unpacked."""

    name: str
    content: bytes | mmap.mmap


def contents(path: Path) -> list[Content]:
    """What is in the file `path`; of an archive, each of its captures.

    Raises:
        CaptureUnreadable: it cannot be opened or unpacked.
    """
    content = _content(path)
    if content[: len(_ZIP)] != _ZIP:
        return [Content(str(path), content)]
    return [Content(f"{path}/{each.name}", each.content) for each in members(str(path), bytes(content[:]))]


def is_flows(content: bytes | mmap.mmap) -> bool:
    """Whether this is a mitmproxy flow file."""
    return _FLOW.match(content) is not None


def _joined(file: str, captures: list[Capture]) -> Capture:
    if len(captures) == 1:
        return captures[0]._replace(file=file)
    skipped = [skip._replace(at=f"{each.file}: {skip.at}") for each in captures for skip in each.skipped]
    return Capture(
        file,
        [exchange for each in captures for exchange in each.exchanges],
        skipped,
        sum(each.warped for each in captures),
    )


def _read(file: str, content: bytes | mmap.mmap, views: Views, columns: Columns) -> Capture:
    if is_flows(content):
        return read_flows(file, content, views)
    if content[: len(_PARQUET)] == _PARQUET:
        return read_parquet(file, bytes(content[:]), views, columns)
    text = plain(file, bytes(content[:]))
    if _RECORDING.match(text):
        return read_recording(file, text, views)
    if text[:1] == b"{":
        rows = not _HAR.match(text) and is_json_lines(text)
        return read_json_lines(file, text, views, columns) if rows else read_har(file, text, views)
    if is_access_log(text[:_HEAD]):
        return read_access_log(file, text, views, columns)
    if is_csv(text, columns):
        return read_csv(file, text, views, columns)
    raise CaptureUnreadable(f"{file}: {EXPECTED}; found {_looks(text)}")


def _content(path: Path) -> bytes | mmap.mmap:
    """The bytes of the file, unpacked; mapped where they can be, as flow files may be larger than memory."""
    try:
        with path.open("rb") as file:
            try:
                content: bytes | mmap.mmap = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except (ValueError, OSError):  # empty, a pipe
                content = file.read()
            packed = content[: len(_GZIP)] == _GZIP
            return gunzipped(str(path), BytesIO(content)) if packed else content
    except (EOFError, zlib.error, gzip.BadGzipFile) as reason:
        raise CaptureUnreadable(f"{path}: gzip that cannot be unpacked ({reason}); {EXPECTED}") from None
    except OSError as reason:
        raise CaptureUnreadable(f"{path}: {reason.strerror}; {EXPECTED}") from None


def plain(file: str, content: bytes) -> bytes:
    """UTF-8 without byte order mark and blanks before it."""
    for mark, encoding in _WIDE:
        if content.startswith(mark):
            try:
                return content.decode(encoding).encode().lstrip()
            except UnicodeDecodeError:
                raise CaptureUnreadable(f"{file}: damaged UTF-16; {EXPECTED}") from None
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()


def _looks(content: bytes) -> str:
    if not content:
        return "an empty file"
    return f"something that begins with {content[:24].decode('latin-1')!r}"
