"""Coming back from an identity provider: is it this browser's own login, is it true, is it fresh, is it enough?

Whatever is wrong ends in a page that says so and an event, never in a redirect to the provider that could come round
again; but once, where a login need not have been fresh when it began and turns out to have had to be.
"""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs

from mitmproxy import http

from nightlatch.core.authentication import Authentication, ProviderSession
from nightlatch.core.demands import demand_of, lacking
from nightlatch.core.events import EventType
from nightlatch.core.freshness import not_fresh
from nightlatch.core.identity import Identity
from nightlatch.core.login_wording import SILENT
from nightlatch.core.remembering import cookie_age
from nightlatch.core.verdict import Kind
from nightlatch.identity.claims import TokenRefused
from nightlatch.identity.extract import credential_fingerprint
from nightlatch.identity.id_tokens import IdToken, read_id_token
from nightlatch.identity.key_sets import KeysUnavailable
from nightlatch.identity.oidc_client import CodeRefused, exchange
from nightlatch.identity.pending_logins import PendingLogin, belongs
from nightlatch.identity.provider import Provider, ProviderUnavailable
from nightlatch.proxy import login_cookies
from nightlatch.proxy.answers import answer
from nightlatch.proxy.apply import client_of
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.establish import LoginRefused, establish
from nightlatch.proxy.login_answers import login_failed, onward
from nightlatch.proxy.oidc import OidcLogin
from nightlatch.proxy.oidc_begin import page_verdict, refuse, send
from nightlatch.proxy.oidc_person import all_claims, authentication, provider_session
from nightlatch.proxy.own_answers import own_set_cookie
from nightlatch.proxy.service import Service


class _Said(NamedTuple):
    """What the provider said at the end of a login."""

    token: IdToken
    claims: Mapping[str, object]
    known: ProviderSession


async def finish(service: Service, flow: http.HTTPFlow, arrival: Arrival, oidc: OidcLogin) -> None:
    """Answer `GET /.nightlatch/callback`."""
    asked = {name: values[0] for name, values in _once(parse_qs(arrival.request.query)).items()}
    try:
        login = _own_login(oidc, arrival, asked)
    except LoginRefused as refusal:
        refuse(service, flow, arrival, refusal.reason, "/")
        return
    try:
        await _conclude(service, flow, arrival, oidc, login, await _said(service, arrival, oidc, login, asked))
    except (LoginRefused, TokenRefused, CodeRefused, ProviderUnavailable, KeysUnavailable) as problem:
        reason, detail = _reason(problem)
        refuse(service, flow, arrival, reason, login.return_to, detail, remember=login.remember)


def _once(asked: dict[str, list[str]]) -> dict[str, list[str]]:
    """Parameters that came once; of two `state` or `code` neither is taken (RFC 6749 section 3.1)."""
    return {name: values for name, values in asked.items() if len(values) == 1}


def _own_login(oidc: OidcLogin, arrival: Arrival, asked: Mapping[str, str]) -> PendingLogin:
    """The login that this answer belongs to; it is over with that.

    Raises:
        LoginRefused: none that was begun in this browser. Somebody else's stays good for its owner.
    """
    if not (state := asked.get("state", "")):
        raise LoginRefused("no_state")
    login = oidc.pending.look(state)
    if login is None:
        raise LoginRefused("unknown_state")
    if login.site != arrival.site or not belongs(login, login_cookies.kept(arrival, login.tag)):
        raise LoginRefused("foreign_state")
    oidc.pending.take(state)
    return login


async def _said(
    service: Service, arrival: Arrival, oidc: OidcLogin, login: PendingLogin, asked: Mapping[str, str]
) -> _Said:
    guard = service.guard
    provider = await oidc.directory.provider()
    code = _code(provider, asked)
    tokens = await exchange(oidc.client, provider, login, code)
    # The exchange took a moment: what the provider signs is of now, not of when the request arrived.
    _, wall, _ = guard.clock.read()
    token = await read_id_token(tokens.id_token, oidc.trust(provider), login.nonce, wall, guard.policy.session.leeway)
    claims = await all_claims(oidc.settings, provider, token, tokens.access_token)
    return _Said(token, claims, provider_session(guard.key, provider.issuer, token, wall))


def _code(provider: Provider, asked: Mapping[str, str]) -> str:
    """The code, if it comes from the provider that was asked and is no error (RFC 6749 4.1.2, RFC 9207).

    Raises:
        LoginRefused: anything else.
    """
    if asked.get("iss", provider.issuer) != provider.issuer or (provider.names_issuer and "iss" not in asked):
        raise LoginRefused("issuer")
    if "error" in asked:
        raise LoginRefused("access_denied" if asked["error"] == "access_denied" else "provider_error")
    if not asked.get("code"):
        raise LoginRefused("no_code")
    return asked["code"]


async def _conclude(
    service: Service, flow: http.HTTPFlow, arrival: Arrival, oidc: OidcLogin, login: PendingLogin, said: _Said
) -> None:
    guard = service.guard
    now, wall, warp = guard.clock.read()
    arrival = arrival._replace(now=now, wall=wall, warp=warp)
    if said.known.sid is not None and guard.reader.barred(said.known.sid):
        raise LoginRefused("barred")
    stale = _not_fresh(service, arrival, login, said)
    if stale is not None and (stale not in SILENT or oidc.settings.silent != "allow"):
        if stale not in SILENT:
            raise LoginRefused(stale)
        await _ask_again_or_refuse(service, flow, arrival, oidc, login, stale)
        return
    if stale is not None:
        _note_silent(service, arrival, stale, "allowed")
    if (missing := lacking(login.demand, said.token.acr, said.token.amr)) is not None:
        raise LoginRefused(missing)
    who = authentication(oidc.settings, arrival, login, said.token, said.claims, said.known, fresh=stale is None)
    await _let_in(service, flow, arrival, oidc, login, said.token, who)


def _not_fresh(service: Service, arrival: Arrival, login: PendingLogin, said: _Said) -> str | None:
    guard = service.guard
    before = login.spent if login.demand.fresh else None
    spent = [at for at in (guard.reader.spent(arrival.site, said.known.subject), before) if at is not None]
    return not_fresh(
        said.token.auth_time,
        login.demand,
        started=login.started,
        wall=arrival.wall,
        warp=arrival.warp,
        leeway=guard.policy.session.leeway,
        spent=max(spent, default=None),
        lifetime=guard.policy.session.absolute,
    )


async def _ask_again_or_refuse(
    service: Service, flow: http.HTTPFlow, arrival: Arrival, oidc: OidcLogin, login: PendingLogin, stale: str
) -> None:
    """A login that was not asked to be fresh is now; one that was is refused (law of time 9)."""
    if login.demand.fresh:
        _note_silent(service, arrival, stale, "refused")
        answer(flow, login_failed(service, arrival, stale, login.return_to, remember=login.remember))
        return
    _note_silent(service, arrival, stale, "asked again")
    fresh = login.demand._replace(fresh=True)
    await send(service, flow, arrival, oidc, login.return_to, fresh, login.spent, remember=login.remember)


def _note_silent(service: Service, arrival: Arrival, reason: str, then: str) -> None:
    about = {"login": "oidc", "reason": reason, "then": then}
    service.guard.note_login(EventType.LOGIN_SILENT, arrival.request, arrival.now, **about)


async def _let_in(
    service: Service,
    flow: http.HTTPFlow,
    arrival: Arrival,
    oidc: OidcLogin,
    login: PendingLogin,
    token: IdToken,
    who: Authentication,
) -> None:
    guard = service.guard
    credential, session = await establish(guard, arrival, who, again=True, remember=login.remember)
    reading = guard.reading(arrival.site, arrival.cookie)
    inside = arrival._replace(identity=Identity("nightlatch", credential_fingerprint(reading, credential)))
    found = guard.find(inside.identity, arrival.now)
    if found is not None:
        oidc.keep(found.session.id, token.raw)
    service.bounces.went_through(client_of(arrival.request))
    cookies = (
        ("Set-Cookie", own_set_cookie(arrival, credential, cookie_age(session, guard.policy, arrival.now))),
        login_cookies.taken_back(arrival, login.tag),
    )
    verdict = page_verdict(service, inside, login.return_to, found.session if found else None)
    if verdict.kind is Kind.STEP_UP and demand_of(verdict) == login.demand:
        answer(flow, login_failed(service, arrival, "still_asked", "/", *cookies))
        return
    answer(flow, onward(arrival, login.return_to, *cookies, status=303))


def _reason(problem: Exception) -> tuple[str, str]:
    """What is told to the person, and what the operator gets to know."""
    match problem:
        case LoginRefused(reason=reason):
            return reason, ""
        case TokenRefused(reason="nonce" | "no_subject"):
            return problem.reason, ""
        case TokenRefused():
            return "id_token", f"the ID token is refused: {problem.reason}"
        case CodeRefused():
            return "code_refused", f"the provider answers `{problem.error}`"
        case _:
            return "provider_down", str(problem)
