"""What a browser gets while somebody logs in at an identity provider: on to the provider, back to the page, or what
went wrong. Never 200 for an error, never a redirect that could come round again."""

import json

from nightlatch.core.client_kind import ClientKind, client_kind
from nightlatch.core.headers import Header
from nightlatch.core.login_wording import SILENT, login_sentence
from nightlatch.core.problem import CONTENT_TYPE
from nightlatch.core.redirect import with_query
from nightlatch.core.respond import ResponseSpec, own_headers
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.own_answers import warp_shown
from nightlatch.proxy.service import Service

LOGIN = "/.nightlatch/login"
_STATUS = {
    "no_state": 400,
    "unknown_state": 400,
    "foreign_state": 400,
    "issuer": 400,
    "no_code": 400,
    "provider_down": 503,
    "code_refused": 502,
    "id_token": 502,
    "nonce": 502,
    "no_subject": 502,
    "provider_error": 502,
    "auth_time_future": 502,
}
"""What is the browser's fault, the provider's, or (403, all others) a no."""
_KINDS = {400: Kind.INVALID, 403: Kind.DENIED, 502: Kind.ERROR, 503: Kind.ERROR}


def onward(arrival: Arrival, location: str, *headers: Header, status: int = 302) -> ResponseSpec:
    """A redirect of nightlatch's own."""
    own = own_headers(Verdict(Kind.PUBLIC, "own_page"), "", warp_shown(arrival))
    return ResponseSpec(status, (("Location", location), *headers, *own), b"")


def login_failed(
    service: Service, arrival: Arrival, reason: str, back: str, *headers: Header, remember: bool = False
) -> ResponseSpec:
    """Why nobody was logged in, and how to try again, with `remember` to be remembered as was asked for; scripts get a
    problem document (RFC 9457)."""
    status = _STATUS.get(reason, 403)
    headers = (*headers, *own_headers(Verdict(_KINDS[status], reason), "", warp_shown(arrival)))
    why = login_sentence(reason)
    if client_kind(arrival.request) is ClientKind.NAVIGATION:
        wishes = {"reauthenticate": reason in SILENT, "remember": remember}
        again = with_query(LOGIN, return_to=back, **{wish: "1" for wish, wished in wishes.items() if wished})
        fields = {"why": why, "again": again, "silent": reason in SILENT, "reason": reason}
        return ResponseSpec(status, (*headers, *service.pages.headers), service.pages.page("login_failed", **fields))
    document = {
        "type": f"urn:nightlatch:login:{reason}",
        "title": "Login failed",
        "status": status,
        "detail": why,
        "login_url": arrival.origin + LOGIN,
    }
    return ResponseSpec(status, (*headers, ("Content-Type", CONTENT_TYPE)), json.dumps(document).encode())
