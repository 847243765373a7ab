"""mitmproxy's flow files and the tagged netstrings that they are made of, held against mitmproxy's own reader."""

from typing import Any

from mitmproxy.io import tnetstring as theirs
from mitmproxy.test import tflow
from scripts.fuzzing.target import Target, Targets, holds
from scripts.fuzzing.targets.captures import FILE, read_by

from nightlatch.replay.exchange import Capture
from nightlatch.replay.readers.flows import read_flows
from nightlatch.replay.readers.tnetstring import Broken, decoded, members, piece
from nightlatch.replay.readers.views import Views


def flows(content: bytes) -> Capture:
    """A flow file."""
    return read_flows(FILE, content, Views())


def element(content: bytes) -> None:
    """One element: where mitmproxy reads a plain value, so do we, and the same."""
    try:
        found = piece(content, 0, len(content))
        value = decoded(content, found)
        named = members(content, found, frozenset((b"a", b"b")))
    except Broken as reason:
        holds(str(reason), "no reason")
        return
    try:
        meant: Any = theirs.loads(content[: found[1] + 1])
    except (ValueError, TypeError, RecursionError):
        return
    if isinstance(meant, dict):
        keys = {key if isinstance(key, bytes) else str(key).encode() for key in meant}
        holds(named.keys() <= keys, f"{named} of {meant}")
    elif not isinstance(meant, list):
        holds(value == meant or value != value or isinstance(value, str), f"{value!r} is {meant!r}")


def _flow_file() -> bytes:
    found = []
    for path in ("/a?b=c", "/b"):
        flow = tflow.tflow(resp=True)
        flow.id, flow.request.path = "f1", path
        flow.request.headers["Cookie"] = "sid=abc"
        flow.client_conn.id = flow.server_conn.id = "c1"
        if flow.response is not None:
            flow.response.headers["Set-Cookie"] = "sid=abc"
        state: Any = flow.get_state()
        found.append(theirs.dumps(state))
    return b"".join(found)


def _with(flow: bytes, name: bytes, value: bytes) -> bytes:
    """One flow in which every member of that name has another value."""
    state: Any = theirs.loads(flow)
    return bytes(theirs.dumps(_changed(state, name.decode(), theirs.loads(value))))


def _changed(value: Any, name: str, other: Any) -> Any:
    if isinstance(value, dict):
        return {key: other if key == name else _changed(inner, name, other) for key, inner in value.items()}
    return value


_DEEP = b"0:]"
for _ in range(400):
    _DEEP = b"%d:%b]" % (len(_DEEP), _DEEP)
_FLOWS = _flow_file()
_ONE = _FLOWS[: piece(_FLOWS, 0, len(_FLOWS))[1] + 1]
_VALUES = (b"3:inf^", b"3:nan^", b"400:" + b"9" * 400 + b"#", b"5:1e308^", b"2:-1#", b"0:~", b"4:true!", b"0:,", _DEEP)
_NAMES = (b"timestamp_start", b"timestamp_end", b"status_code", b"peername", b"headers", b"port", b"path", b"version")
_ODD = tuple(_with(_ONE, name, value) for name in _NAMES for value in _VALUES)
_WORDS = (
    *(
        b"4:true!",
        b"0:~",
        b"3:1.5^",
        b"2:42#",
        b"0:]",
        b"0:}",
        b"1:a,",
        b"999999999999:",
        b"7:version;",
        b"3:inf^",
        b"3:nan^",
    ),
    *(b"5:1e400^", b"12:timestamp_end;", b"8:peername;", b"11:status_code;", b"7:headers;"),
)
TARGETS: Targets = {
    "file": Target(read_by(flows), (_FLOWS, _FLOWS[: len(_FLOWS) // 2], *_ODD), _WORDS, 0.4),
    "element": Target(
        element, tuple(map(theirs.dumps, (b"x", "y", 42, 1.5, True, None, ["a", 1], {"a": 1, "b": "c"}))), _WORDS
    ),
}
