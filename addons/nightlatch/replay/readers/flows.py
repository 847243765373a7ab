"""mitmproxy flow files of every version since 0.11, read without mitmproxy: only the fields that count, and from where
that version keeps them. Bodies are stepped over. TCP, UDP and DNS flows are skipped and counted.
"""

from typing import NamedTuple

from nightlatch.replay.exchange import Capture, CaptureUnreadable, Exchange, Skipped, Unfit
from nightlatch.replay.readers.tnetstring import Broken, Buffer, Piece, decoded, members, piece, pieces
from nightlatch.replay.readers.views import STREAMED, Fields, Place, Views, host_of

EXPECTED = "expected a mitmproxy flow file"
NEWEST = 21
"""The newest format of which is known where everything is (mitmproxy 11 and 12)."""

_FLOW = frozenset((b"version", b"type", b"request", b"response", b"client_conn"))
_TARGET = (b"scheme", b"authority", b"host", b"port", b"path")
_REQUEST = frozenset((*_TARGET, b"method", b"headers", b"timestamp_start", b"timestamp_end", b"content", b"body"))
_RESPONSE = frozenset((b"status_code", b"code", b"headers", b"timestamp_end"))
_CLIENT = frozenset((b"peername", b"address"))
_ADDRESS = frozenset((b"address",))
_PORTS = {"http": 80, "https": 443}


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
        at, position = flow.end + 1, position + 1
    return Capture(file, exchanges, skipped)


class _FlowReader:
    """Turns the flows of one file into exchanges."""

    def __init__(self, file: str, content: Buffer, views: Views) -> None:
        self._file, self._content, self._views = file, content, views
        self._latin: dict[bytes, str] = {}
        self._fields: dict[bytes, Fields] = {}
        self._places: dict[tuple[bytes, ...], Place] = {}

    def exchange(self, position: int, flow: Piece) -> Exchange:
        """The exchange of one flow.

        Raises:
            Unfit: no HTTP flow, or what a judgement needs is missing.
            Broken: it is damaged.
        """
        content = self._content
        parts = members(content, flow, _FLOW)
        asked = members(content, parts[b"request"], _REQUEST) if b"request" in parts else {}
        if not asked:
            raise Unfit(self._not_http(parts))
        started = self._seconds(asked, b"timestamp_start")
        if not 0 < started < 1e11:
            raise Unfit("request.timestamp_start is missing")
        answer = self._answer(parts[b"response"]) if b"response" in parts else _NO_ANSWER
        return self._exchange(position, asked, answer, started, self._address(parts))

    def _exchange(
        self, position: int, asked: dict[bytes, Piece], answer: _Answer, started: float, address: str
    ) -> Exchange:
        fields = self._headers(asked.get(b"headers"))
        place = self._place(asked, fields)
        method = self._text(asked, b"method")
        if not method:
            raise Unfit("request.method is missing")
        body = asked.get(b"content") or asked.get(b"body")
        view = self._views.view(method, place, fields, address, body is not None and body.end > body.start)
        ended = answer.ended or self._seconds(asked, b"timestamp_end")
        return Exchange(
            position,
            self._file,
            round(started * 1_000_000),
            max(0, round((ended - started) * 1_000_000)),
            view,
            place.origin,
            answer.status,
            answer.set_cookies,
            answer.streamed,
        )

    def _not_http(self, parts: dict[bytes, Piece]) -> str:
        kind = self._text(parts, b"type")
        if kind and kind != "http":
            return f"a {kind.upper()} flow: only HTTP is judged"
        version = decoded(self._content, parts.get(b"version"))
        if isinstance(version, int) and version > NEWEST:
            return f"flow format {version} is newer than {NEWEST}, and has its request elsewhere"
        return "the flow has no request"

    def _headers(self, headers: Piece | None) -> Fields:
        """The fields that are kept; the same bytes are read once."""
        if headers is None:
            return ()
        raw = self._content[headers.start : headers.end]
        if raw not in self._fields:
            self._fields[raw] = tuple(self._kept(headers))
        return self._fields[raw]

    def _kept(self, headers: Piece) -> list[tuple[str, str]]:
        kept = []
        for pair in pieces(self._content, headers):
            at = piece(self._content, pair.start, pair.end)
            name = self._views.name(self._decode(self._content[at.start : at.end]))
            if name is not None:
                value = piece(self._content, at.end + 1, pair.end)
                kept.append((name, self._content[value.start : value.end].decode("latin-1")))
        return kept

    def _place(self, asked: dict[bytes, Piece], fields: Fields) -> Place:
        """Where the request went, by the name that the client used: `:authority`, else `Host`, else the connection."""
        content = self._content
        raw = tuple(content[asked[name].start : asked[name].end] if name in asked else b"" for name in _TARGET)
        host = next((value for name, value in fields if name == "host"), "")
        key = (*raw, host.encode("latin-1", "replace"))
        if key not in self._places:
            self._places[key] = _place_of(*(part.decode("utf-8", "replace") for part in key))
        return self._places[key]

    def _answer(self, found: Piece) -> _Answer:
        parts = members(self._content, found, _RESPONSE)
        if not parts:
            return _NO_ANSWER
        status = decoded(self._content, parts.get(b"status_code") or parts.get(b"code"))
        headers = parts.get(b"headers")
        lines = self._answer_fields(headers) if headers is not None else ()
        kinds = [value for name, value in lines if name == "content-type"]
        return _Answer(
            status if isinstance(status, int) else 0,
            self._seconds(parts, b"timestamp_end"),
            tuple(value for name, value in lines if name == "set-cookie"),
            status == 101 or bool(kinds and STREAMED.match(kinds[0])),
        )

    def _answer_fields(self, headers: Piece) -> tuple[tuple[str, str], ...]:
        raw = self._content[headers.start : headers.end].lower()
        if b"et-cookie," not in raw and b"stream" not in raw and b"json" not in raw:
            return ()
        fields = (
            tuple(piece_text(self._content, each) for each in pieces(self._content, pair))
            for pair in pieces(self._content, headers)
        )
        return tuple((pair[0].lower(), pair[1]) for pair in fields if len(pair) == 2)

    def _address(self, parts: dict[bytes, Piece]) -> str:
        """The client's address; before format 2 it was kept one level deeper."""
        if b"client_conn" not in parts:
            return ""
        client = members(self._content, parts[b"client_conn"], _CLIENT)
        found = client.get(b"peername") or client.get(b"address")
        if found is not None:
            found = members(self._content, found, _ADDRESS).get(b"address", found)
        address = decoded(self._content, found)
        first = address[0] if isinstance(address, list) and address else ""
        return first.decode("latin-1") if isinstance(first, bytes) else str(first)

    def _seconds(self, mapping: dict[bytes, Piece], name: bytes) -> float:
        value = decoded(self._content, mapping.get(name))
        return float(value) if isinstance(value, int | float) else 0.0

    def _text(self, mapping: dict[bytes, Piece], name: bytes) -> str:
        found = mapping.get(name)
        return "" if found is None else self._decode(self._content[found.start : found.end])

    def _decode(self, raw: bytes) -> str:
        if raw not in self._latin:
            self._latin[raw] = raw.decode("latin-1")
        return self._latin[raw]


def piece_text(content: Buffer, found: Piece) -> str:
    """An element's content as a header field has it."""
    return content[found.start : found.end].decode("latin-1")


def _place_of(scheme: str, authority: str, host: str, port: str, path: str, named: str) -> Place:
    scheme = scheme.lower() if scheme.lower() in _PORTS else "http"
    shown = f"[{host}]" if ":" in host else host
    connection = shown if port == str(_PORTS[scheme]) or not port else f"{shown}:{port}"
    asked = (authority or named or connection).lower()
    if not asked:
        raise Unfit("request.host is missing")
    target = path.partition("?")[0].partition("#")[0]
    return Place(f"{scheme}://{asked}", host_of(asked), target or "/", False)
