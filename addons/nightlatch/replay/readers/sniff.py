"""Which kind of capture a file is, told by its content and never by its name, and the one way to read any of them."""

import gzip
import mmap
import re
import zlib
from collections.abc import Iterable
from pathlib import Path

from nightlatch.replay.exchange import Capture, CaptureUnreadable
from nightlatch.replay.readers.flows import read_flows
from nightlatch.replay.readers.har_file import read_har
from nightlatch.replay.readers.recording import read_recording
from nightlatch.replay.readers.views import Views

EXPECTED = "expected a HAR file, a mitmproxy flow file or a recording of nightlatch"

_GZIP = b"\x1f\x8b"
_FLOW = re.compile(rb"\d{1,12}:")
_RECORDING = re.compile(rb'\s*\{[^\n]{0,200}"schema"\s*:\s*"nightlatch\.')
_WIDE = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_capture(path: Path, headers: Iterable[str] = ()) -> Capture:
    """The exchanges in the file `path`, compressed with gzip or not.

    Args:
        headers: names of header fields that judging needs besides the usual ones, in lower case.

    Raises:
        CaptureUnreadable: it cannot be opened, or is none of the formats; names it and what was expected.
    """
    file, views = str(path), Views(headers)
    content = _content(path)
    if _FLOW.match(content):
        return read_flows(file, content, views)
    text = _plain(file, bytes(content[:]))
    if _RECORDING.match(text):
        return read_recording(file, text, views)
    if text[:1] == b"{":
        return read_har(file, text, views)
    raise CaptureUnreadable(f"{file}: {EXPECTED}; found {_looks(text)}")


def _content(path: Path) -> bytes | mmap.mmap:
    """The bytes of the file, unpacked; mapped where they can be, as flow files may be larger than memory."""
    try:
        with path.open("rb") as file:
            if file.read(2) == _GZIP:
                return gzip.decompress(path.read_bytes())
            try:
                return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except (ValueError, OSError):  # empty, a pipe
                file.seek(0) if file.seekable() else None
                return file.read()
    except (EOFError, zlib.error, gzip.BadGzipFile) as reason:
        raise CaptureUnreadable(f"{path}: gzip that cannot be unpacked ({reason}); {EXPECTED}") from None
    except OSError as reason:
        raise CaptureUnreadable(f"{path}: {reason.strerror}; {EXPECTED}") from None


def _plain(file: str, content: bytes) -> bytes:
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
