"""The application's own refusal of a page becomes the way to the login (`[login].rewrite_upstream`).

Its 401, and the 419 and 440 that some frameworks use for a session of theirs that timed out, show a person nothing that
helps. Scripts get the application's own answer: they may well know what to do with it.
"""

from mitmproxy import http

from nightlatch.core.client_kind import ClientKind, client_kind
from nightlatch.core.respond import LEADS_SOMEWHERE
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.proxy import issued
from nightlatch.proxy.answers import answer
from nightlatch.proxy.judged import Judged, judged
from nightlatch.proxy.own_answers import site_context, verdict_answer
from nightlatch.proxy.service import Service

REFUSALS = frozenset({401, 419, 440})


def lead_to_login(service: Service, flow: http.HTTPFlow) -> None:
    """Put the redirect to the login in place of the application's refusal; cookies that it sets or deletes are kept.

    Not where there is no login to lead to, nor on the application's own login, whose 401 is about a wrong password.
    """
    found = judged(flow)
    if found is None or flow.response is None or not _concerns(service, flow.response, found):
        return
    cookies = flow.response.headers.get_all("set-cookie")
    verdict = Verdict(Kind.LOGIN, "upstream_refused")
    answer(flow, verdict_answer(service, found.arrival, verdict, found.decision))
    flow.response.headers.set_all("set-cookie", cookies)  # the guard's own session goes on until the fresh login


def _concerns(service: Service, response: http.Response, found: Judged) -> bool:
    return (
        service.guard.policy.login.rewrite_upstream
        and response.status_code in REFUSALS
        and not response.stream
        and client_kind(found.arrival.request) is ClientKind.NAVIGATION
        and site_context(service, found.arrival).login in LEADS_SOMEWHERE
        and not issued.is_login(service.guard, found)
    )
