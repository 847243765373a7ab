"""A request as it arrives at the guard: what was asked, by whom as far as can be read, and when."""

import re
from functools import lru_cache
from typing import NamedTuple

from mitmproxy import http

from nightlatch.clock import monotonic_now
from nightlatch.core.headers import HTTPS_COOKIE
from nightlatch.core.identity import Anonymous, Identity, Presented
from nightlatch.core.request import RequestView
from nightlatch.core.warp import Warp
from nightlatch.identity.extract import SourceKind
from nightlatch.identity.tokens import Known
from nightlatch.ledger.port import Found
from nightlatch.proxy.admission import Target
from nightlatch.proxy.alike import Alike, key_of
from nightlatch.proxy.forwarders import client_address, client_scheme
from nightlatch.proxy.framing import fault_of_fields
from nightlatch.proxy.guard import Guard
from nightlatch.proxy.simulated import from_elsewhere
from nightlatch.proxy.token_arrival import claimed, identity_of, look_for
from nightlatch.proxy.view import method_of, site_scheme, spoken_version, view

_OWN_COOKIE = re.compile(
    r"(?:__Host-nightlatch|nightlatch-\d{1,5}|nightlatch)(?:-form|-login-[0-9a-f]{12})?(?![\w-])"
    r"|nightlatch-network(?![\w-])"
)


class Arrival(NamedTuple):
    """One request at one instant. `now` was read once, here (law 2); `wall` and `warp` belong to the same reading."""

    request: RequestView
    target: Target
    site: str
    origin: str
    """The guard's own origin as this client asked for it."""
    cookie: str
    """The name of nightlatch's own cookie there."""
    identity: Presented
    now: int
    wall: int
    warp: Warp
    begun: int = 0
    """When it was read, on the monotonic clock: for measuring, never for deciding."""
    looked: bool = False
    """The ledger was asked for the credential together with the clock, and `seen` is what it said at this instant."""
    seen: Found | None = None
    alike: Alike | None = None
    """What follows from the header fields alone."""
    unwritten: bool = False
    """The ledger was asked for this very token, and does not have it."""


def arrive(guard: Guard, flow: http.HTTPFlow) -> Arrival:
    """Read the clock and the request of `flow`.

    Raises:
        LedgerError: the clock cannot be read.
    """
    begun = monotonic_now()
    alike, raw = alike_of(guard, flow), flow.request.data
    path, _, query = raw.path.decode("latin-1").partition("?")
    request = RequestView(method_of(raw.method), alike.host, path, query, alike.headers, alike.address, alike.has_body)
    told = (request, alike.target, alike.site, alike.origin, alike.cookie)
    identity = alike.identity or guard.identify_at_once(request, alike.site, alike.cookie)
    if identity is None:
        return _with_token(guard, Arrival(*told, Anonymous(), 0, 0, Warp(), begun, alike=alike))
    if not isinstance(identity, Identity):
        now, wall, warp = guard.clock.read()
        return Arrival(*told, identity, now, wall, warp, begun, alike=alike)
    warp, seen = guard.reader.look(identity.fingerprint)
    now, wall, warp = guard.clock.through(warp)
    if seen is None:
        identity = guard.still_adoptable(identity, alike.site)
    return Arrival(*told, identity, now, wall, warp, begun, True, seen, alike)


def _with_token(guard: Guard, arrival: Arrival) -> Arrival:
    """The rest of an arrival where sites live on tokens, which have times of their own: those take the clock."""
    site, cookie = arrival.site, arrival.cookie
    token = claimed(guard, arrival.request, site, cookie)
    if not isinstance(token, Known):
        now, wall, warp = guard.clock.read()
        return arrival._replace(identity=token, now=now, wall=wall, warp=warp)
    looked = look_for(guard, token)
    now, wall, warp = guard.clock.through(looked.warp)
    identity = identity_of(guard, token, site, cookie, looked)
    found = (identity.fingerprint in looked.seen, looked.seen.get(identity.fingerprint))
    return Arrival(*arrival[:5], identity, now, wall, warp, arrival.begun, *found, arrival.alike, looked.unwritten)


def alike_of(guard: Guard, flow: http.HTTPFlow) -> Alike:
    """What follows from the header fields of `flow`, remembered from an earlier request where there was one alike."""
    key = key_of(flow)
    alike = guard.connections.find(flow.client_conn.id, key)
    if alike is None:
        alike = _worked_out(guard, flow)
        guard.connections.keep(flow.client_conn.id, key, alike)
    return alike


def _worked_out(guard: Guard, flow: http.HTTPFlow) -> Alike:
    request, scheme = view(flow), site_scheme(flow)
    if trusted := guard.settings.trusted_forwarders:
        scheme = client_scheme(request.address, request.headers, trusted) or scheme
        request = request._replace(address=client_address(request.address, request.headers, trusted))
    if guard.settings.alerts.simulate_network:
        request = from_elsewhere(request)
    hosts, raw = request.headers.get("host", ()), flow.request.data
    version, fault = spoken_version(flow), fault_of_fields(raw.headers.fields, raw.http_version)
    target = Target(raw.authority.decode("latin-1"), hosts, scheme, version, fault)
    site, cookie = site_of(flow), own_cookie(scheme, flow.client_conn.sockname)
    own = f"{scheme}://{target.authority or ''.join(hosts)}"
    identity = (
        guard.identify_at_once(request, site, cookie) if guard.settings.source.kind is SourceKind.NIGHTLATCH else None
    )
    about = (request.headers, request.host, request.address, request.has_body)
    return Alike(*about, target, site, own, cookie, identity)


def first_found(guard: Guard, arrival: Arrival) -> Found | None:
    """The session of the credential as it stands when the request arrives. Whoever has waited meanwhile asks anew.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    if arrival.looked:
        return guard.as_it_stands(arrival.seen, arrival.now)
    return guard.find(arrival.identity, arrival.now)


def site_of(flow: http.HTTPFlow) -> str:
    """The origin of the upstream that `flow` goes to: sessions belong to it."""
    return origin(flow.request.scheme, flow.request.host, flow.request.port)


@lru_cache(maxsize=1024)
def origin(scheme: str, host: str, port: int) -> str:
    """`scheme://host:port` without the scheme's own port."""
    shown = f"[{host}]" if ":" in host else host.lower()
    return f"{scheme}://{shown}" if port == {"http": 80, "https": 443}.get(scheme) else f"{scheme}://{shown}:{port}"


@lru_cache(maxsize=64)
def own_cookie(scheme: str, listening: tuple[object, ...] | None) -> str:
    """The name of nightlatch's own cookie (law of trust 14): browsers refuse `__Host-` on http, and share one jar
    between ports, so there the port tells two guards apart."""
    if scheme == "https":
        return HTTPS_COOKIE
    return f"nightlatch-{listening[1]}" if listening and len(listening) > 1 else "nightlatch"


def form_cookie(cookie: str) -> str:
    """The name of the cookie that tells which kept form is this browser's, beside nightlatch's own called `cookie`."""
    return f"{cookie}-form"


def is_own_cookie(name: str) -> bool:
    """Whether a cookie of this name is a guard's own: this one's, or that of a neighbour on another port, as browsers
    send both."""
    return _OWN_COOKIE.fullmatch(name) is not None


def own_cookies(line: str) -> list[str]:
    """The names of guards' own cookies that a Cookie header may hold."""
    return _OWN_COOKIE.findall(line) if "nightlatch" in line else []
