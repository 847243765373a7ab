"""How other systems answer a request whose session is over, so that a front end can be tried against each of them.

One table: for every peer its rules in order, of which the first whose sign the request shows gives the answer. Where a
row was measured, and where it was only read, is said with it. What passes, and what ends when, stays nightlatch's.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

from nightlatch.core.headers import Header
from nightlatch.core.request import RequestView


class Sign(StrEnum):
    """What of a request a peer looks at, as a document tells it."""

    ANY = "everything else"
    XHR = "`X-Requested-With: XMLHttpRequest`"
    JSON = "`application/json`, bare, among `Accept`"
    HTML_PREFERRED = "`Accept` that likes HTML best, `*/*` included"
    NO_HTML = "no HTML and no `*/*` in `Accept`, or none at all"
    NO_HTML_FIRST = "no HTML in `Accept`, nor `*/*` first"
    NOT_NAVIGATING = "`Sec-Fetch-Mode` not `navigate`, or `Sec-Fetch-Dest` not `document`"
    PREFLIGHT = "a CORS preflight"
    GRPC = "gRPC"
    READS = "GET and HEAD"
    READS_OR_OPTIONS = "GET, HEAD and OPTIONS"


class Body(StrEnum):
    """What stands in an answer."""

    EMPTY = "no body"
    SIGN_IN = "sign-in page"
    HTML = "HTML"
    TEXT = "text"
    JSON = "JSON"


class PeerAnswer(NamedTuple):
    """One answer of a peer's."""

    status: int
    body: Body = Body.HTML
    redirects: bool = False
    """With a `Location` that leads to the login."""
    text: str = ""
    headers: tuple[Header, ...] = ()
    clears: bool = False
    """The session's cookie is deleted with it."""


class Peer(NamedTuple):
    """One system: what it answers, where its login is, and how that is known."""

    title: str
    rules: tuple[tuple[Sign, PeerAnswer], ...]
    source: str
    elsewhere: bool = True
    """Its login is on another origin, where a script cannot follow."""


_REDIRECT = PeerAnswer(302, Body.EMPTY, redirects=True)
_FOUND = PeerAnswer(302, redirects=True, text='<a href="">Found</a>.\n')
_OWN_CACHE = (("Cache-Control", "no-cache, no-store, max-age=0"),)
_UNAUTHORIZED = "<!doctype html><title>401 Unauthorized</title><h1>Unauthorized</h1>"
_MOD_401 = PeerAnswer(401, text=_UNAUTHORIZED, clears=True)

PEERS: Mapping[str, Peer] = {
    "oauth2-proxy": Peer(
        "oauth2-proxy",
        ((Sign.JSON, PeerAnswer(401, Body.JSON, text="{}")), (Sign.ANY, PeerAnswer(403, Body.SIGN_IN))),
        "read: oauthproxy.go (isAjax, errorJSON), default options; oauth2-proxy issues 1393, 822",
        elsewhere=False,
    ),
    "pomerium": Peer(
        "Pomerium",
        (
            (Sign.GRPC, PeerAnswer(401, Body.EMPTY)),
            (Sign.HTML_PREFERRED, _REDIRECT),
            (Sign.ANY, PeerAnswer(401, Body.JSON, text='{"Status":401,"Error":"Unauthorized"}')),
        ),
        "read: authorize package (RFC 9110 negotiation); pomerium issue 409",
    ),
    "mod_auth_openidc": Peer(
        "Apache, mod_auth_openidc",
        (
            (Sign.XHR, _MOD_401),
            (Sign.NOT_NAVIGATING, _MOD_401),
            (Sign.NO_HTML, _MOD_401),
            (Sign.ANY, _REDIRECT._replace(headers=_OWN_CACHE, clears=True)),
        ),
        "measured: Apache 2.4.71, mod_auth_openidc 2.4.12.3 (Debian 12)",
    ),
    "google-iap": Peer(
        "Google Identity-Aware Proxy",
        (
            (Sign.XHR, PeerAnswer(401, text=_UNAUTHORIZED)),
            (Sign.READS, _REDIRECT),
            (Sign.ANY, PeerAnswer(401, text="Invalid IAP credentials: empty token")),
        ),
        "read: cloud.google.com/iap/docs/sessions-howto; a POST as seen in marin-community/marin issue 7400",
    ),
    "cloudflare-access": Peer(
        "Cloudflare Access",
        (
            (Sign.PREFLIGHT, PeerAnswer(403, Body.EMPTY)),
            (Sign.XHR, PeerAnswer(401, Body.EMPTY)),
            (Sign.ANY, _REDIRECT),
        ),
        "read: developers.cloudflare.com, Access: CORS, session management",
    ),
    "aws-alb": Peer(
        "AWS Application Load Balancer",
        ((Sign.ANY, _REDIRECT),),
        "read: OnUnauthenticatedRequest = authenticate (the default); backstage issue 26667",
    ),
    "envoy": Peer(
        "Envoy, OAuth2 filter",
        ((Sign.ANY, _REDIRECT),),
        "read: oauth2 filter without deny_redirect_matcher (the default); envoy issues 23007, 30102",
    ),
    "authelia": Peer(
        "Authelia",
        (
            (Sign.XHR, PeerAnswer(401, Body.TEXT, text="401 Unauthorized")),
            (Sign.NO_HTML_FIRST, PeerAnswer(401, Body.TEXT, text="401 Unauthorized")),
            (Sign.READS_OR_OPTIONS, _FOUND),
            (Sign.ANY, PeerAnswer(303, redirects=True, text='<a href="">See Other</a>.\n')),
        ),
        "read: authz handlers; authelia issue 3221",
    ),
    "spring-security": Peer(
        "Spring Security, form login",
        ((Sign.XHR, PeerAnswer(401, Body.EMPTY)), (Sign.ANY, _REDIRECT)),
        "read: ExceptionHandlingConfigurer, HttpStatusEntryPoint",
        elsewhere=False,
    ),
}
"""By the name that `--respond-as` takes."""


def peer_answer(peer: Peer, request: RequestView) -> PeerAnswer:
    """What `peer` answers to `request`, whose session is over."""
    return next(answer for sign, answer in peer.rules if _SHOWS[sign](request))


def _accepted(request: RequestView) -> list[str]:
    """The media ranges of `Accept`, as they were sent."""
    return [part.strip() for line in request.headers.get("accept", ()) for part in line.split(",")][:64]


def _media(request: RequestView) -> list[str]:
    return [part.partition(";")[0].strip().lower() for part in _accepted(request)]


def _is_html(media: str) -> bool:
    return media in ("text/html", "application/xhtml+xml")


def _xhr(request: RequestView) -> bool:
    return request.header("x-requested-with").lower() == "xmlhttprequest"


def _prefers_html(request: RequestView) -> bool:
    """HTML is what is offered first, so it wins wherever nothing else that is on offer is liked better."""
    if "accept" not in request.headers:
        return True
    liked = dict[str, float]()
    for part in _accepted(request):
        found = re.search(r";\s*q=([01](?:\.\d{0,3})?)", part)
        liked[part.partition(";")[0].strip().lower()] = float(found[1]) if found else 1.0
    html = max((liked.get(name, 0.0) for name in ("text/html", "text/*", "*/*")), default=0.0)
    named = max((liked.get(name, 0.0) for name in ("application/json", "text/plain")), default=0.0)
    return html > 0 and (liked.get("text/html", 0.0) >= named if named else True)


def _not_navigating(request: RequestView) -> bool:
    mode, dest = request.header("sec-fetch-mode"), request.header("sec-fetch-dest")
    return mode not in ("", "navigate") or dest not in ("", "document")


def _no_html(request: RequestView) -> bool:
    return not any(_is_html(media) or media == "*/*" for media in _media(request))


def _no_html_first(request: RequestView) -> bool:
    media = _media(request)
    return not any(map(_is_html, media)) and media[:1] != ["*/*"]


def _preflight(request: RequestView) -> bool:
    return request.method == "OPTIONS" and "access-control-request-method" in request.headers


_SHOWS: Mapping[Sign, Callable[[RequestView], bool]] = {
    Sign.ANY: lambda _: True,
    Sign.XHR: _xhr,
    Sign.JSON: lambda request: "application/json" in _accepted(request),
    Sign.HTML_PREFERRED: _prefers_html,
    Sign.NO_HTML: _no_html,
    Sign.NO_HTML_FIRST: _no_html_first,
    Sign.NOT_NAVIGATING: _not_navigating,
    Sign.PREFLIGHT: _preflight,
    Sign.GRPC: lambda request: request.header("content-type").lower().startswith("application/grpc"),
    Sign.READS: lambda request: request.method in ("GET", "HEAD"),
    Sign.READS_OR_OPTIONS: lambda request: request.method in ("GET", "HEAD", "OPTIONS"),
}


def table() -> tuple[tuple[str, ...], ...]:
    """The peers as a document shows them: the headings, then a row a rule."""
    rows = [("`--respond-as`", "a request with", "is answered", "how that is known")]
    for name, peer in PEERS.items():
        for place, (sign, answer) in enumerate(peer.rules):
            first = place == 0
            rows.append((f"`{name}`" if first else "", str(sign), _shown(answer, peer), peer.source if first else ""))
    return tuple(rows)


def _shown(answer: PeerAnswer, peer: Peer) -> str:
    where = "to a login on another origin" if peer.elsewhere else "to the login"
    parts = [str(answer.status), where if answer.redirects else str(answer.body)]
    return " ".join(parts) + (", cookie deleted" if answer.clears else "")
