"""mitmproxy flow files of every version since 0.11, read without mitmproxy: only the fields that count, and from where
that version keeps them. Bodies are stepped over. TCP, UDP and DNS flows are skipped and counted.
"""

from typing import NamedTuple

from nightlatch.replay.exchange import LATEST, Capture, CaptureUnreadable, Exchange, Skipped, Unfit
from nightlatch.replay.readers.tnetstring import Broken, Buffer, Piece, decoded, members, piece, pieces
from nightlatch.replay.readers.views import STREAMED, Fields, Place, Views, host_of, is_warped

EXPECTED = "expected a mitmproxy flow file"
NEWEST = 21
"""The newest format of which is known where everything is (mitmproxy 11 and 12)."""

_FLOW = frozenset((b"version", b"type", b"request", b"response", b"client_conn"))
_TARGET = (b"scheme", b"authority", b"host", b"port")
_REQUEST = frozenset(
    (*_TARGET, b"path", b"method", b"headers", b"timestamp_start", b"timestamp_end", b"content", b"body")
)
_RESPONSE = frozenset((b"status_code", b"code", b"headers", b"timestamp_end"))
_CLIENT = frozenset((b"peername", b"address"))
_ADDRESS = frozenset((b"address",))
_PEERNAME = b"8:peername;"
_ONE_PEERNAME = frozenset((b"19", b"20", b"21"))
"""Formats in whose client connection nothing else is called so: there it is looked for, and the rest left unread."""
_PORTS = {"http": 80, "https": 443}
_TELLING = (b"set-cookie,", b"stream", b"ndjson", b"jsonl", b"json-seq")
"""One of these stands in the header fields of every answer of which more than the status has to be known."""

_MOST_KNOWN = 16_384
_LATEST = LATEST // 1_000_000
"""Seconds since the epoch."""

Parts = dict[bytes, Piece]


class _Answer(NamedTuple):
    status: int
    ended: float
    set_cookies: tuple[str, ...]
    streamed: bool


_NO_ANSWER = _Answer(0, 0.0, (), False)


def read_flows(file: str, content: Buffer, views: Views) -> Capture:
    """The HTTP flows of the flow file `content`, which `file` held; where it breaks off, those before.

    Raises:
        CaptureUnreadable: not even its beginning is a flow.
    """
    reader = _FlowReader(file, content, views)
    exchanges, skipped, at, position = list[Exchange](), list[Skipped](), 0, 0
    while at < len(content):
        try:
            flow = piece(content, at, len(content))
        except Broken as reason:
            if position == 0:
                raise CaptureUnreadable(f"{file}: {EXPECTED}; its first flow cannot be read: {reason}") from None
            why = f"the file is damaged or cut off from byte {at} on ({reason}); what stands before was read"
            skipped.append(Skipped(f"flows[{position}]", why))
            break
        try:
            exchanges.append(reader.exchange(position, flow))
        except (Unfit, Broken) as reason:
            skipped.append(Skipped(f"flows[{position}]", str(reason)))
        at, position = flow[1] + 1, position + 1
    return Capture(file, exchanges, skipped, reader.warped)


class _FlowReader:
    """Turns the flows of one file into exchanges. What repeats itself byte by byte is read once."""

    def __init__(self, file: str, content: Buffer, views: Views) -> None:
        self._file, self._content, self._views = file, content, views
        self._fields: dict[bytes, Fields] = {}
        self._places: dict[tuple[bytes, ...], Place] = {}
        self._peers: dict[bytes, str] = {}
        self.warped = 0

    def exchange(self, position: int, flow: Piece) -> Exchange:
        """The exchange of one flow.

        Raises:
            Unfit: no HTTP flow, or what a judgement needs is missing.
            Broken: it is damaged.
        """
        parts = members(self._content, flow, _FLOW)
        asked = members(self._content, parts[b"request"], _REQUEST) if b"request" in parts else {}
        if not asked:
            raise Unfit(self._not_http(parts))
        started = self._seconds(asked, b"timestamp_start")
        if not started:
            raise Unfit("request.timestamp_start is missing")
        answer = self._answer(parts[b"response"]) if b"response" in parts else _NO_ANSWER
        return self._exchange(position, asked, answer, started, self._address(parts))

    def _exchange(self, position: int, asked: Parts, answer: _Answer, started: float, address: str) -> Exchange:
        fields = self._headers(asked.get(b"headers"))
        place = self._place(asked, fields)
        method = self._raw(asked, b"method").decode("latin-1")
        if not method:
            raise Unfit("request.method is missing")
        start, end = asked.get(b"content") or asked.get(b"body") or (0, 0)
        ended = answer.ended or self._seconds(asked, b"timestamp_end")
        return Exchange(
            position,
            self._file,
            round(started * 1_000_000),
            max(0, round((ended - started) * 1_000_000)),
            self._views.view(method, place, fields, address, end > start),
            place.origin,
            answer.status,
            answer.set_cookies,
            answer.streamed,
            size=end - start,
        )

    def _not_http(self, parts: Parts) -> str:
        kind = self._raw(parts, b"type").decode("latin-1")
        if kind and kind != "http":
            return f"a {kind.upper()} flow: only HTTP is judged"
        version = decoded(self._content, parts.get(b"version"))
        if isinstance(version, int) and version > NEWEST:
            return f"flow format {version} is newer than {NEWEST}, and has its request elsewhere"
        return "the flow has no request"

    def _headers(self, headers: Piece | None) -> Fields:
        """The fields that are kept."""
        if headers is None:
            return ()
        raw = self._content[headers[0] : headers[1]]
        fields = self._fields.get(raw)
        if fields is None:
            if len(self._fields) >= _MOST_KNOWN:
                self._fields.clear()
            named = ((self._views.name(name), value) for name, value in pairs(raw))
            fields = self._fields[raw] = tuple((name, value) for name, value in named if name is not None)
        return fields

    def _place(self, asked: Parts, fields: Fields) -> Place:
        """Where the request went, by the name that the client used: `:authority`, else `Host`, else the connection."""
        host = next((value for name, value in fields if name == "host"), "")
        path = self._raw(asked, b"path").partition(b"?")[0]
        key = (*[self._raw(asked, name) for name in _TARGET], path, host.encode("latin-1", "replace"))
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = _place_of(*(part.decode("utf-8", "replace") for part in key))
        return place

    def _answer(self, found: Piece) -> _Answer:
        parts = members(self._content, found, _RESPONSE)
        if not parts:
            return _NO_ANSWER
        status = decoded(self._content, parts.get(b"status_code") or parts.get(b"code"))
        fields = self._raw(parts, b"headers")
        cookies, streamed = _answer_fields(fields)
        self.warped += is_warped(fields, _names)
        code = status if isinstance(status, int) else 0
        return _Answer(code, self._seconds(parts, b"timestamp_end"), cookies, streamed or code == 101)

    def _address(self, parts: Parts) -> str:
        """The client's address."""
        client = parts.get(b"client_conn")
        if client is None:
            return ""
        at = self._content.find(_PEERNAME, *client)
        known = self._raw(parts, b"version") in _ONE_PEERNAME and at >= 0
        if not known or self._content.find(_PEERNAME, at + 1, client[1]) >= 0:
            return _client_address(self._content, client)
        return self._peer(piece(self._content, at + len(_PEERNAME), client[1]))

    def _peer(self, found: Piece) -> str:
        """The address in a `peername`; few clients make many connections."""
        raw = self._content[found[0] : found[1]]
        address = self._peers.get(raw)
        if address is None:
            if len(self._peers) >= _MOST_KNOWN:
                self._peers.clear()
            address = self._peers[raw] = _first_of(decoded(self._content, found))
        return address

    def _seconds(self, parts: Parts, name: bytes) -> float:
        value = decoded(self._content, parts.get(name))
        return float(value) if isinstance(value, int | float) and 0 < value < _LATEST else 0.0

    def _raw(self, parts: Parts, name: bytes) -> bytes:
        found = parts.get(name)
        return b"" if found is None else self._content[found[0] : found[1]]


def pairs(headers: bytes) -> list[tuple[str, str]]:
    """The header fields in the content of their list."""
    pairs = []
    for pair in pieces(headers, (0, len(headers))) if headers else ():
        name = piece(headers, pair[0], pair[1])
        value = piece(headers, name[1] + 1, pair[1])
        pairs.append((headers[name[0] : name[1]].decode("latin-1"), headers[value[0] : value[1]].decode("latin-1")))
    return pairs


def _names(headers: bytes) -> list[str]:
    return [name for name, _ in pairs(headers)]


def _answer_fields(headers: bytes) -> tuple[tuple[str, ...], bool]:
    """The Set-Cookie fields of an answer, and whether it came bit by bit."""
    told = headers.lower()
    if not any(sign in told for sign in _TELLING):
        return (), False
    fields = [(name.lower(), value) for name, value in pairs(headers)]
    kind = next((value for name, value in fields if name == "content-type"), "")
    return tuple(value for name, value in fields if name == "set-cookie"), STREAMED.match(kind) is not None


def _client_address(content: Buffer, client: Piece) -> str:
    """The address in a client connection of any format: before 19 it had another name, before 2 it was one level
    deeper."""
    parts = members(content, client, _CLIENT)
    found = parts.get(b"peername") or parts.get(b"address")
    if found is not None:
        found = members(content, found, _ADDRESS).get(b"address", found)
    return _first_of(decoded(content, found))


def _first_of(address: object) -> str:
    first = address[0] if isinstance(address, list) and address else ""
    return first.decode("latin-1") if isinstance(first, bytes) else str(first)


def _place_of(scheme: str, authority: str, host: str, port: str, path: str, named: str) -> Place:
    scheme = scheme.lower() if scheme.lower() in _PORTS else "http"
    shown = f"[{host}]" if ":" in host else host
    connection = shown if port == str(_PORTS[scheme]) or not port else f"{shown}:{port}"
    asked = (authority or named or connection).lower()
    if not asked:
        raise Unfit("request.host is missing")
    return Place(f"{scheme}://{asked}", host_of(asked), path.partition("#")[0] or "/", False)
