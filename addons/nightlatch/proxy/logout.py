"""Logging out, by the person's own act: here, everywhere, and at the identity provider too (OpenID Connect
RP-Initiated Logout 1.0). The session here is over first, whatever becomes of the rest."""

from mitmproxy import http

from nightlatch.core.client_kind import ClientKind, client_kind
from nightlatch.core.redirect import with_query
from nightlatch.core.session import End, Session, State
from nightlatch.identity.provider import ProviderUnavailable
from nightlatch.proxy import form_page
from nightlatch.proxy.answers import answer
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.form_body import form_of
from nightlatch.proxy.login_answers import onward
from nightlatch.proxy.own_answers import deletions, page_answer
from nightlatch.proxy.service import Service

RETURN = "/.nightlatch/logged-out"
"""Where a provider sends people back to; to be registered there."""


async def log_out(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> None:
    """Answer `POST /.nightlatch/logout`; with the form field `everywhere` all sessions of the person end."""
    found = service.guard.find(arrival.identity, arrival.now)
    session = found.session if found is not None else None
    form = form_of(flow)
    if session is not None:
        await _end(service, arrival, session, everywhere="everywhere" in form)
        form_page.forget(service, arrival, session)
    location = await _at_provider(service, arrival, session)
    if location is None or client_kind(arrival.request) is not ClientKind.NAVIGATION:
        answer(flow, page_answer(service, arrival, 200, "logged_out", {"provider": location}, forget=True))
        return
    answer(flow, onward(arrival, location, *deletions(service, arrival), status=303))


def ask(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> None:
    """Answer `GET /.nightlatch/logout`: a page with the buttons, for an application that has none."""
    found = service.guard.find(arrival.identity, arrival.now)
    live = found is not None and found.session.state is State.ACTIVE
    subject = found.session.subject if found is not None and live else None
    provider = service.oidc.directory.known if service.oidc is not None else None
    spec = page_answer(service, arrival, 200, "log_out", {"live": live, "subject": subject})
    end = provider.end_session_endpoint if provider is not None else None
    answer(flow, spec._replace(headers=service.pages.leading_to(spec.headers, end)))


def logged_out(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> None:
    """Answer `GET /.nightlatch/logged-out`: back from a logout at the provider."""
    answer(flow, page_answer(service, arrival, 200, "logged_out", {}))


async def _end(service: Service, arrival: Arrival, session: Session, *, everywhere: bool) -> None:
    guard = service.guard
    own = [session] if session.state is State.ACTIVE else []
    more = guard.reader.live_sessions(arrival.site, session.subject) if everywhere and own and session.subject else ()
    for each in {one.id: one for one in (*own, *more)}.values():
        current = guard.current(each, arrival.now)
        await guard.end(current, guard.run_out(current, arrival.now) or End(arrival.now, "logout"))


async def _at_provider(service: Service, arrival: Arrival, session: Session | None) -> str | None:
    """Where the person's session at the provider is ended; None where there is none, or the provider cannot be asked:
    it must not keep anybody logged in here."""
    oidc, guard = service.oidc, service.guard
    if oidc is None or session is None or guard.reader.provider_session(session.id) is None:
        return None
    try:
        provider = await oidc.directory.provider()
    except ProviderUnavailable:
        return None
    if provider.end_session_endpoint is None:
        return None
    return with_query(
        provider.end_session_endpoint,
        id_token_hint=oidc.forget(session.id),
        client_id=oidc.client.client_id,
        post_logout_redirect_uri=arrival.origin + RETURN,
    )
