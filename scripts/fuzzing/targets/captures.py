"""Recorded traffic in every format but flow files: a bad entry costs itself, a bad file is refused by name."""

import gzip
import io
import json
import logging
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec
from scripts.fuzzing.folders import fresh
from scripts.fuzzing.target import Target, Targets, holds

from nightlatch.presets import load_policy
from nightlatch.replay.bulk.log_files import batches
from nightlatch.replay.decisions import decision
from nightlatch.replay.exchange import EARLIEST, LATEST, Capture, CaptureUnreadable, Unfit
from nightlatch.replay.readers.access_log import read_access_log
from nightlatch.replay.readers.har_file import read_har
from nightlatch.replay.readers.recording import read_recording
from nightlatch.replay.readers.rows import instant
from nightlatch.replay.readers.sniff import NO_COLUMNS, read_capture
from nightlatch.replay.readers.tables import read_csv, read_json_lines
from nightlatch.replay.readers.views import Views
from nightlatch.replay.replaying import run
from nightlatch.replay.session_key import choose
from nightlatch.replay.timeline import timeline

logging.getLogger("polars").setLevel(logging.CRITICAL)
_POLICY = load_policy("strict")
FILE = "capture"


def judged(capture: Capture) -> None:
    """What was read can be judged, and told as JSON."""
    for exchange in capture.exchanges:
        holds(EARLIEST <= exchange.at < LATEST, f"a request at {exchange.at}")
        holds(exchange.duration >= 0 and exchange.size >= 0, f"{exchange.duration} us, {exchange.size} bytes")
    times = timeline([capture])
    choice = choose(times.exchanges)
    if choice is not None:
        replayed = run(times, [_POLICY], choice.key, sink=lambda one, p: _told(decision(one, p.name)), observe=True)
        _told(replayed.document())
    _told([skip._asdict() for skip in capture.skipped])


def _told(document: object) -> None:
    msgspec.json.encode(document)


def read_by(read: Callable[[bytes], Capture]) -> Callable[[bytes], None]:
    def tried(content: bytes) -> None:
        try:
            capture = read(content)
        except CaptureUnreadable as problem:
            holds(FILE in str(problem) and len(str(problem)) < 3000, f"no place: {problem}")
            return
        judged(capture)

    return tried


def broken_entry(content: bytes) -> None:
    """A HAR file with `content` among its entries: the others are all read."""
    before, after = _entry(1), _entry(3)
    file = b'{"log":{"entries":[%b,%b,%b]}}' % (before, content, after)
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        expected = [0]
    else:
        expected = [0, 2]
    try:
        msgspec.json.decode(file)
    except (ValueError, RecursionError):
        expected = [0]  # Python's reader is laxer than JSON is
    found = [each.position for each in read_har(FILE, file, Views()).exchanges]
    holds(set(expected) <= set(found), f"{found} of {expected}")


def written_time(content: bytes) -> None:
    """A cell that tells the time."""
    try:
        at = instant(content.decode("utf-8", "replace"))
    except Unfit as reason:
        holds(str(reason).startswith("no time"), str(reason))
        return
    holds(EARLIEST <= at < LATEST, str(at))


@cache
def _place() -> Path:
    return fresh() / FILE


def any_file(content: bytes) -> Capture:
    """A file of which nobody said what it is."""
    _place().write_bytes(content)
    return read_capture(_place())


def bulk(content: bytes) -> None:
    """The same by columns."""
    _place().write_bytes(content)
    try:
        for batch in batches(_place(), NO_COLUMNS):
            holds(batch.rows.height >= 0 and 0 <= batch.share <= 1, str(batch.share))
    except CaptureUnreadable as problem:
        holds(FILE in str(problem), f"no place: {problem}")


def _entry(second: int) -> bytes:
    request = {
        **{"method": "GET", "url": "https://app.test/a?b=c", "bodySize": 0},
        "headers": [{"name": "Cookie", "value": "sid=abc; theme=dark"}, {"name": "Accept", "value": "*/*"}],
    }
    answer = {
        "status": 200,
        "headers": [{"name": "Set-Cookie", "value": "sid=abc; HttpOnly"}],
        "content": {"mimeType": "text/html"},
    }
    started = f"2026-03-02T09:00:{second:02d}.000Z"
    return json.dumps({"startedDateTime": started, "time": 12.5, "request": request, "response": answer}).encode()


_HAR = b'{"log":{"version":"1.2","entries":[%b]}}' % b",".join(map(_entry, (1, 2, 3)))
_LOG = (
    b'192.0.2.7 - ada [02/Mar/2026:09:00:01 +0100] "GET /a?b=c HTTP/1.1" 200 512 "https://app.test/" "curl/8 \\"x\\""\n'
    b'app.test 2001:db8::1 - - [02/Mar/2026:09:00:02 +0000] "POST / HTTP/2.0" 302 - "-" "-" rt=0.012 "extra"\n'
)
_CSV = (
    b"time,method,path,session,status,duration\n"
    b'2026-03-02T09:00:01Z,GET,/a,s1,200,0.5\n1772442002,POST,"/b,c",s1,500,\n'
)
_LINES = (
    b'{"ts":1772442001.5,"request":{"method":"GET","uri":"/a","headers":{"Cookie":["sid=abc"]}},"status":200}\n'
    b'{"@timestamp":"2026-03-02T09:00:02+01:00","url":{"path":"/b"},"session_id":7,"duration_ms":1e3}\n'
)
_RECORDING = (
    b'{"schema":"nightlatch.recording/1","site":"http://127.0.0.1:3000","policy":"default"}\n'
    b'{"at":"2026-03-02T09:00:01Z","method":"GET","url":"http://localhost/a","verdict":"allow","duration_us":10,'
    b'"headers":{"cookie":["sid=f1"]},"session":"s1","subject":"ada","auth_time":"2026-03-02T08:00:00Z","gap_us":5}\n'
    b'{"at":"2026-03-02T09:40:01Z","method":"POST","url":"http://localhost/a","verdict":"expired","clock":"idle",'
    b'"limit_us":900000000,"elapsed_us":901000000,"session":"s1","ended_at":"2026-03-02T09:15:01Z","body":true}\n'
)


def _zip(name: str, content: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return whole.getvalue()


_TRACE = b'{"type":"resource-snapshot","snapshot":%b}\n' % _entry(1)
_HAR_WORDS = (
    *(b'"startedDateTime":', b'"request":', b'"headers":', b'"cookies":', b'"time":', b'"url":"ws://', b'"status":101'),
    *(
        b"null",
        b"1e400",
        b"NaN",
        b"{}",
        b"[]",
        b'"\\ud800"',
        b"0001-01-01T00:00:00Z",
        b'"postData":{"text":"a"}',
        b"\xff",
    ),
)
_ROW_WORDS = (
    b",",
    b"\n",
    b'"',
    b"\t",
    b";",
    b"-",
    b"1e309",
    b"time",
    b"session",
    b"02/Mar/2026:09:00:01 +0100",
    b"\x00",
)
_ALL = (_HAR, _LOG, _CSV, _LINES, _RECORDING, b"\xef\xbb\xbf" + _HAR, _CSV.decode().encode("utf-16"))
_PACKED = (
    *(_zip("a.har", _HAR), _zip("t/0-trace.network", _TRACE), _zip("log.csv", _CSV), gzip.compress(_LOG, mtime=0)),
    gzip.compress(_CSV, mtime=0),
)
TARGETS: Targets = {
    "har": Target(read_by(lambda content: read_har(FILE, content, Views())), (_HAR,), _HAR_WORDS, 0.5),
    "har-entry": Target(broken_entry, (_entry(2), b"null", b'{"request":{}}'), _HAR_WORDS),
    "access-log": Target(
        read_by(lambda content: read_access_log(FILE, content, Views(), {})), (_LOG,), _ROW_WORDS, 0.5
    ),
    "csv": Target(read_by(lambda content: read_csv(FILE, content, Views(), {})), (_CSV,), _ROW_WORDS, 0.5),
    "json-lines": Target(
        read_by(lambda content: read_json_lines(FILE, content, Views(), {})), (_LINES,), (*_HAR_WORDS, *_ROW_WORDS), 0.5
    ),
    "recording": Target(
        read_by(lambda content: read_recording(FILE, content, Views())),
        (_RECORDING,),
        (*_HAR_WORDS, b'"session":'),
        0.5,
    ),
    "time": Target(
        written_time,
        (
            b"1772442001.5",
            b"2026-03-02T09:00:01+01:00",
            b"02/Mar/2026:09:00:01 +0100",
            b"20260302T090001Z",
            b"1772442001000",
        ),
        (b"+99:99", b"T", b"Z", b"/", b":", b"e", b"9999-12-31", b"-W01-1", b"+23:59:59.999999"),
    ),
    "any": Target(read_by(any_file), (*_ALL, *_PACKED), (*_HAR_WORDS, *_ROW_WORDS), 0.3),
    "archive": Target(
        read_by(any_file), _PACKED, (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\x08\x00", b".har"), 0.5
    ),
    "bulk": Target(bulk, (_LOG, _CSV, _LINES, gzip.compress(_CSV, mtime=0)), _ROW_WORDS, 0.15),
}
