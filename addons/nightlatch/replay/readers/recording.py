"""The guard's own recordings (`core.recording` has the format): times, sessions and verdicts as the guard knew them."""

import msgspec
from msgspec import Struct

from nightlatch.core.instants import parse_rfc3339
from nightlatch.core.recording import SCHEMA
from nightlatch.core.session import Session
from nightlatch.replay.exchange import EARLIEST, LATEST, Capture, CaptureUnreadable, Exchange, Recorded, Skipped, Unfit
from nightlatch.replay.readers.har import UNDECODABLE
from nightlatch.replay.readers.views import Fields, Views

EXPECTED = f'expected a recording of nightlatch: JSON Lines that begin with {{"schema": "{SCHEMA}"}}'


class Header(Struct):
    schema: str
    site: str = ""
    policy: str = ""


class Line(Struct):
    """One exchange; what is optional is left out for requests without a session."""

    at: str
    method: str
    url: str
    verdict: str
    duration_us: int = 0
    headers: dict[str, list[str]] = {}
    body: bool = False
    address: str = ""
    status: int = 0
    size: int = 0
    streamed: bool = False
    session: str | None = None
    subject: str | None = None
    started_at: str | None = None
    auth_time: str | None = None
    last_active_at: str | None = None
    gap_from_at: str | None = None
    gap_us: int = 0
    reauthenticated_at: str | None = None
    ended_at: str | None = None
    groups: list[str] = []
    amr: list[str] = []
    acr: str | None = None
    remembered: bool = False
    reason: str = ""
    clock: str | None = None
    limit_us: int | None = None
    elapsed_us: int | None = None
    message: str = ""


_HEADER_BEGINS = b'{"schema"'
"""A guard that was started again has gone on with the file."""
_HEADER = msgspec.json.Decoder(Header)
_LINE = msgspec.json.Decoder(Line)
_VERDICTS = frozenset(("allow", "public", "login", "expired", "refused", "step_up", "denied", "invalid"))


def read_recording(file: str, content: bytes, views: Views) -> Capture:
    """The exchanges of a recording.

    Raises:
        CaptureUnreadable: its first line is not that of a recording, or of a format from another time.
    """
    first, *rest = content.split(b"\n")
    site = _site(file, first)
    exchanges, skipped = list[Exchange](), list[Skipped]()
    for number, text in enumerate(rest, 2):
        try:
            if text.startswith(_HEADER_BEGINS):
                site = _site(file, text)
            elif text.strip():
                position = len(exchanges) + len(skipped)
                exchanges.append(_exchange(position, file, _LINE.decode(text), site, views))
        except (ValueError, RecursionError) as reason:
            skipped.append(Skipped(f"line {number}", str(reason)))
    return Capture(file, exchanges, skipped)


def _site(file: str, first: bytes) -> str:
    try:
        header = _HEADER.decode(first)
    except UNDECODABLE:
        raise CaptureUnreadable(f"{file}: {EXPECTED}") from None
    if header.schema != SCHEMA:
        raise CaptureUnreadable(f"{file}: {EXPECTED}; found {header.schema!r}")
    return header.site


def _exchange(position: int, file: str, line: Line, site: str, views: Views) -> Exchange:
    if line.verdict not in _VERDICTS:
        raise Unfit(f"the guard could not judge it (verdict {line.verdict!r})")
    place = views.place(line.url)
    at = parse_rfc3339(line.at)
    if not EARLIEST <= at < LATEST:
        raise Unfit(f"no time of a request: {line.at!r}")
    request = views.view(line.method, place, _fields(line), line.address, line.body)
    return Exchange(
        position,
        file,
        at,
        max(0, line.duration_us),
        request._replace(message=line.message) if line.message else request,
        place.origin,
        line.status,
        streamed=line.streamed or line.status == 101,
        recorded=_recorded(line, site, at),
        size=max(0, line.size),
    )


def _fields(line: Line) -> Fields:
    return tuple((name, value) for name, values in line.headers.items() for value in values)


def _recorded(line: Line, site: str, at: int) -> Recorded:
    session = None if line.session is None else _session(line, line.session, site, at)
    ended_at = _instant(line.ended_at)
    return Recorded(session, ended_at, line.verdict, line.reason, line.clock, line.limit_us, line.elapsed_us)


def _session(line: Line, name: str, site: str, at: int) -> Session:
    authenticated_at = _or(_instant(line.auth_time), at)
    active_at = _or(_instant(line.last_active_at), at)
    return Session(
        id=name,
        site=site,
        subject=line.subject,
        source="recording",
        started_at=_or(_instant(line.started_at), authenticated_at),
        authenticated_at=authenticated_at,
        last_active_at=active_at,
        gap_from_at=_or(_instant(line.gap_from_at), active_at),
        gap=line.gap_us,
        reauthenticated_at=_instant(line.reauthenticated_at),
        groups=tuple(line.groups),
        amr=tuple(line.amr),
        acr=line.acr,
        remembered=line.remembered,
    )


def _instant(text: str | None) -> int | None:
    return None if text is None else parse_rfc3339(text)


def _or(at: int | None, otherwise: int) -> int:
    return otherwise if at is None else at
