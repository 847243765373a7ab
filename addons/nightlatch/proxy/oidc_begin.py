"""Beginning a login at an identity provider: what it has to give is decided here, by the policy, and the browser is
sent there with a state that is good once."""

import logging
from collections.abc import Mapping
from urllib.parse import parse_qs

from mitmproxy import http

from nightlatch.core.decide import decide
from nightlatch.core.demands import Demand, asked_of_provider, demand_of, told
from nightlatch.core.events import EventType
from nightlatch.core.redirect import safe_return_to
from nightlatch.core.session import Session
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.identity.oidc_client import authorization_url
from nightlatch.identity.provider import ProviderUnavailable
from nightlatch.proxy import login_cookies
from nightlatch.proxy.answers import answer
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.establish import alive
from nightlatch.proxy.login_answers import login_failed, onward
from nightlatch.proxy.oidc import OidcLogin
from nightlatch.proxy.service import Service

log = logging.getLogger(__name__)

CALLBACK = "/.nightlatch/callback"
_AFTER_AN_END = frozenset({"expired", "refused", "step_up"})
_ASKED_ANEW = ("max_age", "reauthenticate")


async def begin(service: Service, flow: http.HTTPFlow, arrival: Arrival, oidc: OidcLogin) -> None:
    """Answer `GET /.nightlatch/login`: to the provider; or straight back, where another tab has logged in meanwhile."""
    asked = {name: values[0] for name, values in parse_qs(arrival.request.query).items()}
    back = safe_return_to(asked.get("return_to", ""), arrival.origin)
    live = await alive(service.guard, arrival)
    verdict = page_verdict(service, arrival, back, live.session if live else None)
    anew = not asked.keys().isdisjoint(_ASKED_ANEW)
    if live is not None and verdict.passes and not anew:
        answer(flow, onward(arrival, back))
        return
    demand = demand_of(verdict) if live is not None else Demand()
    if anew or verdict.kind is Kind.DENIED or (live is None and _after_an_end(service, arrival, asked)):
        demand = demand._replace(fresh=demand.fresh or demand == Demand())
    known = service.guard.reader.provider_session(live.session.id) if live is not None else None
    spent = known.authenticated if known else None
    await send(service, flow, arrival, oidc, back, demand, spent, remember=asks_to_be_remembered(arrival, asked))


def page_verdict(service: Service, arrival: Arrival, back: str, session: Session | None) -> Verdict:
    """What the page `back` would be answered with `session`."""
    page = arrival.request._replace(method="GET", path=back.partition("?")[0], query="", has_body=False)
    return decide(arrival.identity, session, service.guard.policy, page, arrival.now)


def _after_an_end(service: Service, arrival: Arrival, asked: Mapping[str, str]) -> bool:
    """Whether a session of this browser has ended: it still has the credential, or was sent here for that. What a
    client leaves out here is found out when it comes back: an authentication serves one session only."""
    return asked.get("verdict") in _AFTER_AN_END or service.guard.find(arrival.identity, arrival.now) is not None


def asks_to_be_remembered(arrival: Arrival, asked: Mapping[str, str]) -> bool:
    """Whether the person asks for it, and not another site in their name."""
    return bool(asked.get("remember")) and arrival.request.header("sec-fetch-site").lower() != "cross-site"


async def send(
    service: Service,
    flow: http.HTTPFlow,
    arrival: Arrival,
    oidc: OidcLogin,
    back: str,
    demand: Demand,
    spent: int | None,
    *,
    remember: bool,
) -> None:
    """Send the browser to the provider, to come back to `back`."""
    guard = service.guard
    try:
        provider = await oidc.directory.provider()
    except ProviderUnavailable as problem:
        refuse(service, flow, arrival, "provider_down", back, str(problem), remember=remember)
        return
    begun = oidc.pending.begin(
        site=arrival.site,
        redirect_uri=arrival.origin + CALLBACK,
        return_to=back,
        demand=demand,
        started=arrival.wall,
        spent=spent,
        remember=remember,
    )
    lifetime, claims, prompt = guard.policy.session.absolute, provider.claims_parameter, oidc.settings.prompt
    asked = asked_of_provider(demand, lifetime, arrival.wall, arrival.warp, claims=claims, prompt=prompt)
    guard.note_login(EventType.LOGIN_STARTED, arrival.request, arrival.now, login="oidc", **told(demand))
    surplus = oidc.pending.surplus(login_cookies.tags(arrival))
    cookies = [login_cookies.taken_back(arrival, tag) for tag in surplus]
    cookies.append(login_cookies.given(arrival, begun.login.tag, begun.secret))
    answer(flow, onward(arrival, authorization_url(oidc.client, provider, begun.login, asked), *cookies))


def refuse(
    service: Service,
    flow: http.HTTPFlow,
    arrival: Arrival,
    reason: str,
    back: str,
    detail: str = "",
    *,
    remember: bool = False,
) -> None:
    """Nobody is logged in: an event, a line on the console for what only the operator can mend, and a page."""
    fields = {"reason": reason, "detail": detail or None}
    service.guard.note_login(EventType.LOGIN_FAILED, arrival.request, arrival.now, login="oidc", **fields)
    if detail:
        log.warning("a login failed (%s): %s", reason, detail)
    answer(flow, login_failed(service, arrival, reason, back, remember=remember))
