"""From a verdict to the answer: each kind of client gets what it can use, and a passing verdict nothing.

What that is stands in the table of `client_matrix`, or in that of a peer that is to be imitated (`peers`); here it is
made. Pure: pages come from a callable, the place of the session in the ledger plays no part any more.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple, Protocol
from urllib.parse import quote

from nightlatch.core.client_matrix import GRPC_STATUS, Answer, Form, Outcome, answer_for, outcome
from nightlatch.core.durations import seconds_down
from nightlatch.core.headers import CookiePlace, Header, cookie_deletions, cors_headers, verdict_header
from nightlatch.core.peers import Body, Peer, PeerAnswer, peer_answer
from nightlatch.core.problem import CONTENT_TYPE, challenge, problem_document
from nightlatch.core.redirect import safe_return_to, with_query
from nightlatch.core.request import RequestView
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.core.wording import sentence

_PAGES = {401: "unauthorized", 403: "denied", 503: "unavailable"}
_OVER = frozenset({Kind.EXPIRED, Kind.REFUSED})
_DELETES = frozenset({Kind.LOGIN, Kind.EXPIRED, Kind.REFUSED, Kind.INVALID})


class LoginKind(StrEnum):
    """Who logs people in."""

    DEV = "dev"
    OIDC = "oidc"
    """An identity provider, by way of a page of nightlatch's own."""
    REDIRECT = "redirect"
    SELF = "self"
    """The application itself: it asks when the cookie is gone."""
    NONE = "none"


LEADS_SOMEWHERE = frozenset({LoginKind.DEV, LoginKind.OIDC, LoginKind.REDIRECT})


class ResponseSpec(NamedTuple):
    """An answer of nightlatch's own."""

    status: int
    headers: tuple[Header, ...]
    body: bytes


class SiteContext(NamedTuple):
    """What an answer needs to know of the guarded site."""

    origin: str
    """As the browser sees it, such as `http://localhost:8080`."""
    login: LoginKind = LoginKind.NONE
    login_url: str = ""
    """A path of this site, or a URL; for `dev`, `oidc` and `redirect`."""
    return_parameter: str = "return_to"
    cookie_name: str | None = None
    """The credential's cookie (`NAME*` when in chunks); None when there is none, as with bearer tokens."""
    cookie_path: str = "/"
    cookie_domain: str | None = None
    allowed_origins: tuple[str, ...] = ()
    clock_offset: str | None = None
    """`Nightlatch-Clock` while the warp is on."""
    clear_site_data: str = ""
    """`Clear-Site-Data` when a session is over."""
    peer: Peer | None = None
    """Whose answers are given in place of nightlatch's own."""


class Pages(Protocol):
    """Renders the pages that people see."""

    @property
    def headers(self) -> tuple[Header, ...]:
        """What every page is sent with: its content type and security policy."""

    def page(self, name: str, **fields: object) -> bytes:
        """The page `name` as HTML."""


class _Case(NamedTuple):
    """One refusal, as the functions below hand it on."""

    verdict: Verdict
    request: RequestView
    site: SiteContext
    decision_id: str
    pages: Pages
    answer: Answer

    @property
    def status(self) -> int:
        """What is meant, whatever the form makes of it: 401, 403 or 503."""
        return {Outcome.DENIED: 403, Outcome.ERROR: 503}.get(outcome(self.verdict.kind), 401)


def respond(
    verdict: Verdict, request: RequestView, site: SiteContext, decision_id: str, pages: Pages
) -> ResponseSpec | None:
    """The answer to `request` after `verdict`; None when it passes.

    Args:
        verdict: what was decided.
        request: as the client sent it.
        site: of the guarded site, for this request.
        decision_id: what `nightlatch explain` takes.
        pages: renders what a person gets to see.
    """
    if verdict.passes:
        return None
    case = _Case(verdict, request, site, decision_id, pages, answer_for(verdict.kind, request))
    if site.peer is not None and verdict.kind in _DELETES:
        answer = _as_peer(case, peer_answer(site.peer, request), site.peer)
    else:
        answer = _FORMS[case.answer.form](case)
    body = b"" if request.method == "HEAD" else answer.body
    return ResponseSpec(answer.status, (*own_headers(verdict, decision_id, site.clock_offset), *answer.headers), body)


def own_headers(verdict: Verdict, decision_id: str, clock_offset: str | None) -> tuple[Header, ...]:
    """What every answer carries that nightlatch makes itself."""
    clock: tuple[Header, ...] = (("Nightlatch-Clock", clock_offset),) if clock_offset else ()
    return (("Cache-Control", "no-store"), ("Nightlatch-Verdict", verdict_header(verdict, decision_id)), *clock)


def login_location(verdict: Verdict, site: SiteContext, return_to: str) -> str | None:
    """Where the login is, with the way back and what it has to give; None when nobody can be sent there.

    nightlatch's own pages also get the reason, to show it. A login elsewhere gets the way back as a full URL.
    """
    if site.login not in LEADS_SOMEWHERE:
        return None
    abroad = "://" in site.login_url and not site.login_url.startswith(f"{site.origin}/")
    way_back = site.origin + return_to if abroad else return_to
    why = _why(verdict) if site.login in (LoginKind.DEV, LoginKind.OIDC) else {}
    return with_query(site.login_url, **{site.return_parameter: way_back}, **dict(verdict.asks), **why)


def _why(verdict: Verdict) -> dict[str, str]:
    if verdict.clock is None or verdict.limit is None or verdict.elapsed is None:
        return {"verdict": str(verdict.kind), "reason": verdict.reason}
    return {
        "verdict": str(verdict.kind),
        "clock": str(verdict.clock),
        "limit": str(seconds_down(verdict.limit)),
        "elapsed": str(seconds_down(verdict.elapsed)),
    }


def _here(case: _Case) -> str:
    """The place that was asked for, safe to be sent to: a path such as `//evil.example` is a URL elsewhere."""
    query = f"?{case.request.query}" if case.request.query else ""
    return safe_return_to(case.request.path + query, case.site.origin)


def _for_navigation(case: _Case) -> ResponseSpec:
    deletions = _deletions(case)
    location = _location(case, bool(deletions)) if case.status == 401 else None
    if location is None:
        page = _page(case)
        return page._replace(headers=(*page.headers, *deletions))
    status = case.answer.status if case.request.method in ("GET", "HEAD") else 303
    return ResponseSpec(status, (("Location", location), *deletions), b"")


def _location(case: _Case, deleted: bool) -> str | None:
    """To the login; or to the same place again, so that the application asks, which it only does without the cookie."""
    if case.site.login is LoginKind.SELF:
        return _here(case) if deleted else None
    return login_location(case.verdict, case.site, _here(case))


def _deletions(case: _Case) -> tuple[Header, ...]:
    """On navigations only: a late answer to a script must not delete a newer cookie (law of trust 6)."""
    site = case.site
    if site.cookie_name is None or case.verdict.kind not in _DELETES:
        return ()
    place = CookiePlace(site.cookie_path, site.cookie_domain, secure=site.origin.startswith("https://"))
    deleted = cookie_deletions(case.request, site.cookie_name, place)
    return (*deleted, *clearing(site)) if case.verdict.kind in _OVER else deleted


def clearing(site: SiteContext) -> tuple[Header, ...]:
    """What makes the browser forget what it has of a session that is over, where that was asked for."""
    return (("Clear-Site-Data", site.clear_site_data),) if site.clear_site_data else ()


def _page(case: _Case) -> ResponseSpec:
    verdict = case.verdict
    fields = {"why": sentence(verdict), "verdict": verdict.kind, "rule": verdict.rule, "decision": case.decision_id}
    body = case.pages.page(_PAGES[case.status], **fields)
    return ResponseSpec(case.status, (*case.pages.headers, *_challenges(case)), body)


def _challenges(case: _Case) -> tuple[Header, ...]:
    return (("WWW-Authenticate", challenge(case.verdict)),) if case.status == 401 else ()


def _cors(case: _Case) -> tuple[Header, ...]:
    return cors_headers(case.request, case.site.origin, case.site.allowed_origins)


def _for_script(case: _Case) -> ResponseSpec:
    headers = (("Content-Type", CONTENT_TYPE), *_challenges(case), *_cors(case))
    method, login = case.request.method, _login_url(case.site)
    body = problem_document(case.verdict, case.status, login, case.decision_id, method)
    return ResponseSpec(case.status, headers, body)


def _login_url(site: SiteContext) -> str | None:
    """In full, as a script may run on another origin."""
    if site.login not in LEADS_SOMEWHERE:
        return None
    return site.login_url if "://" in site.login_url else site.origin + site.login_url


def _for_htmx(case: _Case) -> ResponseSpec:
    """htmx follows `HX-Redirect` whatever the status; the person then comes back to the page, not to its fragment."""
    answer = _for_script(case)
    location = _htmx_location(case)
    redirect = (("HX-Redirect", location),) if location else ()
    return answer._replace(headers=(*answer.headers, *redirect))


def _htmx_location(case: _Case) -> str | None:
    current = case.request.header("hx-current-url")
    page = safe_return_to(current, case.site.origin) if current else _here(case)
    if case.site.login is LoginKind.SELF:
        return page if case.verdict.kind in _DELETES else None
    return login_location(case.verdict, case.site, page)


def _for_websocket(case: _Case) -> ResponseSpec:
    return ResponseSpec(case.status, _challenges(case), b"")


def _for_grpc(case: _Case) -> ResponseSpec:
    """A trailers-only answer: gRPC reads its status from the headers when there is no body."""
    asked = case.request.header("content-type").lower()
    web = "-web" if asked.startswith("application/grpc-web") else ""
    headers = (
        ("Content-Type", f"application/grpc{web}"),
        ("grpc-status", str(GRPC_STATUS[outcome(case.verdict.kind)])),
        ("grpc-message", quote(sentence(case.verdict), safe=" ;,.'()")),
    )
    return ResponseSpec(200, (*headers, *_cors(case)), b"")


def _as_peer(case: _Case, answer: PeerAnswer, peer: Peer) -> ResponseSpec:
    """What `peer` would say, with the login of this site in the place of its own. No CORS headers: peers send none."""
    headers: list[Header] = [("Content-Type", _CONTENT_TYPES[answer.body])] if answer.body in _CONTENT_TYPES else []
    if answer.redirects:
        headers.append(("Location", _peers_login(case, peer)))
    asks_itself = answer.redirects and case.site.login is LoginKind.SELF
    deletions = _deletions(case) if answer.clears or asks_itself else ()
    return ResponseSpec(answer.status, (*headers, *answer.headers, *deletions), _peers_body(case, answer, peer))


def _peers_login(case: _Case, peer: Peer) -> str:
    """The login. A script is sent to its alias on another origin where the peer's login is on one: that a script cannot
    follow there is what a front end has to cope with."""
    location = login_location(case.verdict, case.site, _here(case)) or _peers_own_login(case)
    if not (peer.elsewhere and location.startswith("/")) or case.answer.form is Form.LOGIN:
        return location
    scheme, _, authority = case.site.origin.partition("://")
    host, colon, port = authority.partition(":")
    alias = "127.0.0.1" if host == "localhost" else "localhost" if host.startswith("127.") else host
    return f"{scheme}://{alias}{colon}{port}{location}"


def _peers_own_login(case: _Case) -> str:
    """Where nightlatch sends nobody: to the same place, if the application asks there; else to a page that says so."""
    return _here(case) if case.site.login is LoginKind.SELF else "/.nightlatch/login"


def _peers_body(case: _Case, answer: PeerAnswer, peer: Peer) -> bytes:
    if answer.body is Body.SIGN_IN:
        why, login = sentence(case.verdict), _peers_login(case, peer)
        return case.pages.page("sign_in", why=why, login=login, decision=case.decision_id)
    return answer.text.encode()


_CONTENT_TYPES = {
    Body.SIGN_IN: "text/html; charset=utf-8",
    Body.HTML: "text/html; charset=utf-8",
    Body.TEXT: "text/plain; charset=utf-8",
    Body.JSON: "application/json",
}

_FORMS: dict[Form, Callable[[_Case], ResponseSpec]] = {
    Form.LOGIN: _for_navigation,
    Form.PAGE: _for_navigation,
    Form.PROBLEM: _for_script,
    Form.HTMX: _for_htmx,
    Form.BARE: _for_websocket,
    Form.GRPC: _for_grpc,
}
