"""Visits to the login by no person in a window: a prefetch, and a frame.

A browser that stored the login ahead of a click would show it to somebody who has logged in meanwhile; and a login in a
frame could be dressed up by the page around it. Knows nothing of how people log in.
"""

from urllib.parse import urlsplit

from nightlatch.core.redirect import safe_return_to, with_query
from nightlatch.core.request import RequestView
from nightlatch.core.respond import ResponseSpec, own_headers
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.own_answers import refusal_answer, warp_shown
from nightlatch.proxy.pages import FRAMED_HEADERS
from nightlatch.proxy.service import Service

LOGIN = "/.nightlatch/login"
_FRAMES = frozenset(("iframe", "frame", "embed", "object", "fencedframe"))


def answer_elsewhere(service: Service, arrival: Arrival) -> ResponseSpec | None:
    """What is answered in place of the login page; None where a person sees it, as far as can be told."""
    request = arrival.request
    if is_prefetch(request):
        return refusal_answer(service, arrival, 503, "The login is not for being prefetched.", "unavailable")
    return _framed(service, arrival) if request.header("sec-fetch-dest").lower() in _FRAMES else None


def is_prefetch(request: RequestView) -> bool:
    """Whether a browser asks ahead of time; any answer but a 2xx makes it ask again when the person comes."""
    purposes = (request.header(name).lower() for name in ("sec-purpose", "purpose", "x-moz"))
    return any("prefetch" in purpose for purpose in purposes)


def _framed(service: Service, arrival: Arrival) -> ResponseSpec:
    """A link that opens the login in the whole window and leads back to the page around the frame."""
    around = arrival.request.header("referer")
    back = safe_return_to(_without_fragment(around), arrival.origin) if around.startswith(arrival.origin) else "/"
    headers = own_headers(Verdict(Kind.PUBLIC, "own_page"), "", warp_shown(arrival))
    body = service.pages.page("framed", login=with_query(LOGIN, return_to=back))
    return ResponseSpec(200, (*headers, *FRAMED_HEADERS), body)


def _without_fragment(url: str) -> str:
    return urlsplit(url)._replace(fragment="").geturl()
