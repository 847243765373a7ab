"""What must hold whatever a client sends: what the guard judged is what the application got, and every server reads it
alike. Each broken promise is a sentence; none is the aim."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from scripts.fuzzing.wire_guard import ENDED, LIVE, Outcome
from scripts.fuzzing.wire_readers import Application, Read, leniently

from nightlatch.core.request import RequestView
from nightlatch.identity.cookies import cookie_values
from nightlatch.proxy.inbound_headers import folded
from nightlatch.proxy.view import host_of

OPEN_PATHS = frozenset({"/public", "/login", "/favicon.ico", "/robots.txt", "/manifest.webmanifest"})
_TOLD = {b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-for"}
_PLANTED = "root"


def broken(outcome: Outcome) -> list[str]:
    """The promises that `outcome` breaks."""
    return [*arrived_wrongly(outcome.upstream), *_counted(outcome)]


def arrived_wrongly(upstream: Sequence[Application]) -> list[str]:
    """What connections to the application carried that they should not."""
    return [*_framing(upstream), *_credentials(upstream)]


def _framing(upstream: Sequence[Application]) -> Iterator[str]:
    """Two servers read alike, and neither finds anything amiss."""
    for application in upstream:
        if application.broken_off:
            continue
        if not application.whole:
            yield f"a strict server takes offence at {application.received!r}: {application.fault}"
            continue
        lenient = leniently(application.received)
        if lenient is None or [read.meaning for read in lenient] != [read.meaning for read in application.requests]:
            yield f"two servers differ over {application.received!r}: {application.requests} and {lenient}"


def _counted(outcome: Outcome) -> Iterator[str]:
    """Every request that arrives was judged, as it arrives; and what was let through arrives, unless the guard closed
    the connection meanwhile, because of what came next on it."""
    arrived = Counter(_as_read(read) for application in outcome.upstream for read in application.requests)
    judged = Counter(map(_as_judged, outcome.passed))
    if arrived != judged and not (outcome.cut and arrived <= judged):
        yield f"judged {judged}, arrived {arrived}"


def _as_read(read: Read) -> tuple[str, ...]:
    host = host_of(",".join(read.values("x-forwarded-host")))
    path, _, query = read.target.partition("?")
    return read.method.upper(), path, query, host, *_sid(path, read.values("cookie"))


def _as_judged(request: RequestView) -> tuple[str, ...]:
    values = _sid(request.path, request.headers.get("cookie", ()))
    return request.method, request.path, request.query, request.host, *values


def _sid(path: str, lines: Iterable[str]) -> tuple[str, ...]:
    """The credential, but not where none is asked for: one that is not good is taken away there."""
    return () if path in OPEN_PATHS else _credential(lines)


def _credential(lines: Iterable[str]) -> tuple[str, ...]:
    return cookie_values({"cookie": tuple(lines)}, "sid")


def _credentials(upstream: Sequence[Application]) -> Iterator[str]:
    """Nobody passes without a live session, no ended one arrives, and nobody says who they are."""
    for application in upstream:
        for read in (*application.requests, *(leniently(application.received) or ())):
            values = _credential(read.values("cookie"))
            if ENDED.decode() in values:
                yield f"an ended credential arrived: {read}"
            if read.target.partition("?")[0] not in OPEN_PATHS and values != (LIVE.decode(),):
                yield f"somebody passed without a session: {read}"
            yield from _impostors(read)


def _impostors(read: Read) -> Iterator[str]:
    for name, value in read.headers:
        plain = folded(name.encode("latin-1"))
        ours = plain in _TOLD and len(read.values(name)) == 1 and value != _PLANTED
        if plain.startswith(b"x-forwarded-") and not ours:
            yield f"the client told the application {name}: {value}"
