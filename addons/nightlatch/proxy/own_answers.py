"""Answers to requests that were not judged by the policy: nightlatch's own pages, and requests that cannot be judged.

They too are never stored, and name a verdict. People get a page, scripts a problem document (RFC 9457).
"""

import json
from collections.abc import Mapping

from mitmproxy import http

from nightlatch.core.client_kind import ClientKind, client_kind
from nightlatch.core.headers import CookiePlace, Header, clock_header, cookie_deletions
from nightlatch.core.identity import Anonymous
from nightlatch.core.problem import challenge
from nightlatch.core.respond import LoginKind, ResponseSpec, SiteContext, clearing, own_headers, respond
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.identity.extract import SourceKind
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.service import Service
from nightlatch.proxy.view import asked_authority, site_scheme, view

_OWN_PAGE = Verdict(Kind.PUBLIC, "own_page")
_TITLES = {400: "Bad request", 403: "Forbidden", 404: "Not found", 405: "Method not allowed", 411: "Length required"}
_TITLES |= {413: "Too large", 421: "Misdirected request", 503: "Unavailable"}


def site_context(service: Service, arrival: Arrival) -> SiteContext:
    """What an answer needs to know of the site that `arrival` asked."""
    settings = service.guard.settings
    names = {SourceKind.NIGHTLATCH: arrival.cookie, SourceKind.COOKIE: settings.source.name}
    names[SourceKind.JWT_COOKIE] = settings.source.name
    place = service.guard.cookie_place
    return SiteContext(
        origin=arrival.origin,
        login=LoginKind(settings.login.kind),
        login_url=settings.login.url or "/.nightlatch/login",
        return_parameter=settings.return_parameter,
        cookie_name=names.get(settings.source.kind),
        cookie_path=place.path,
        cookie_domain=place.domain,
        allowed_origins=settings.allowed_origins,
        clock_offset=warp_shown(arrival),
        clear_site_data=settings.logout.clear_site_data,
        peer=settings.peer,
    )


def warp_shown(arrival: Arrival) -> str | None:
    """`Nightlatch-Clock`, while the warp is on. Of a frozen clock what was advanced: its distance from the wall clock
    changes by the second."""
    warp = arrival.warp
    return clock_header(warp.advanced if warp.frozen else warp.offset(arrival.wall), warp.frozen)


def verdict_answer(service: Service, arrival: Arrival, verdict: Verdict, decision: str) -> ResponseSpec:
    """The answer that the policy's verdict gives."""
    spec = respond(verdict, arrival.request, site_context(service, arrival), decision, service.pages)
    return spec or json_answer(arrival, 200, {})


def json_answer(arrival: Arrival, status: int, document: Mapping[str, object]) -> ResponseSpec:
    """A JSON document of nightlatch's own."""
    headers = (("Content-Type", "application/json"), *own_headers(_OWN_PAGE, "", warp_shown(arrival)))
    return ResponseSpec(status, headers, json.dumps(document).encode())


def script_answer(arrival: Arrival, script: bytes) -> ResponseSpec:
    """A script of nightlatch's own."""
    kind = (("Content-Type", "text/javascript; charset=utf-8"), ("X-Content-Type-Options", "nosniff"))
    return ResponseSpec(200, (*kind, *own_headers(_OWN_PAGE, "", warp_shown(arrival))), script)


def page_answer(
    service: Service, arrival: Arrival, status: int, name: str, fields: Mapping[str, object], *, forget: bool = False
) -> ResponseSpec:
    """A page of nightlatch's own; with `forget` the credential's cookie is deleted, if a navigation asks (law 6)."""
    headers: tuple[Header, ...] = own_headers(_OWN_PAGE, "", warp_shown(arrival))
    if forget and client_kind(arrival.request) is ClientKind.NAVIGATION:
        headers = (*headers, *deletions(service, arrival))
    return ResponseSpec(status, (*headers, *service.pages.headers), service.pages.page(name, **fields))


def loop_answer(service: Service, arrival: Arrival, verdict: Verdict, decision: str) -> ResponseSpec:
    """In place of one more redirect to the login: what is going wrong, and the line that opens the page."""
    headers = (*own_headers(verdict, decision, warp_shown(arrival)), ("WWW-Authenticate", challenge(verdict)))
    body = service.pages.page("loop", path=arrival.request.path)
    return ResponseSpec(401, (*headers, *deletions(service, arrival), *service.pages.headers), body)


def redirect_answer(arrival: Arrival, location: str, credential: str, age: int | None = None) -> ResponseSpec:
    """After a login: on to where the person was going, with the new credential (law of trust 14)."""
    cookie = ("Set-Cookie", own_set_cookie(arrival, credential, age))
    return ResponseSpec(303, (("Location", location), cookie, *own_headers(_OWN_PAGE, "", warp_shown(arrival))), b"")


def see_other(arrival: Arrival, location: str) -> ResponseSpec:
    """On to another page of the site."""
    return ResponseSpec(303, (("Location", location), *own_headers(_OWN_PAGE, "", warp_shown(arrival))), b"")


def own_set_cookie(arrival: Arrival, credential: str, age: int | None = None) -> str:
    """The `Set-Cookie` that brings nightlatch's own credential, after a login or a rotation. With `age` (seconds) the
    browser keeps it when it is closed: `remembering.cookie_age` says when."""
    secure = "; Secure" if arrival.origin.startswith("https:") else ""
    kept = "" if age is None else f"; Max-Age={age}"
    return f"{arrival.cookie}={credential}; Path=/{kept}; HttpOnly; SameSite=Lax{secure}"


def refusal_answer(
    service: Service, arrival: Arrival, status: int, detail: str, page: str | None = None
) -> ResponseSpec:
    """The answer to a request that cannot be judged, or that asks nightlatch for what it has not.

    Args:
        page: what a person sees; without it what fits the status: of a 400 that browsers send no such thing.
    """
    verdict = Verdict(Kind.ERROR if status >= 500 else Kind.INVALID, "malformed")
    headers = own_headers(verdict, "", warp_shown(arrival))
    if client_kind(arrival.request) is ClientKind.NAVIGATION:
        shown = page or ("bad_request" if status == 400 else "refused")
        login = LoginKind(service.guard.settings.login.kind) in (LoginKind.DEV, LoginKind.OIDC)
        body = service.pages.page(shown, why=detail, host=detail, missing=status in (404, 405), login=login)
        return ResponseSpec(status, (*headers, *service.pages.headers), body)
    told = (
        f"This site does not answer for {detail}; `--host {detail}` would add it." if page == "misdirected" else detail
    )
    document = {"type": "about:blank", "title": _TITLES[status], "status": status, "detail": told}
    return ResponseSpec(status, (*headers, ("Content-Type", "application/problem+json")), json.dumps(document).encode())


def failure_answer(service: Service | None, flow: http.HTTPFlow, verdict: Verdict, detail: str) -> ResponseSpec:
    """503: nightlatch cannot judge (DESIGN §3). Asks nothing of the ledger, which may be what failed."""
    if service is None:
        body = json.dumps({"title": "Unavailable", "status": 503, "detail": detail}).encode()
        headers = (("Content-Type", "application/problem+json"), *own_headers(verdict, "", None))
        return ResponseSpec(503, headers, body)
    site = SiteContext(f"{site_scheme(flow)}://{asked_authority(flow)}")
    spec = respond(verdict, view(flow), site, "", service.pages)
    assert spec is not None  # noqa: S101 (an error never passes)
    return spec


def deletions(service: Service, arrival: Arrival) -> tuple[Header, ...]:
    """What makes the browser forget the credential that it presented."""
    site = site_context(service, arrival)
    if site.cookie_name is None or isinstance(arrival.identity, Anonymous):
        return ()
    place = CookiePlace(site.cookie_path, site.cookie_domain, secure=arrival.origin.startswith("https:"))
    return (*cookie_deletions(arrival.request, site.cookie_name, place), *clearing(site))
