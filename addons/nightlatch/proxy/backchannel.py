"""A provider tells that somebody has logged out (OpenID Connect Back-Channel Logout 1.0): their sessions end, on the
very next request and on what is open, and what the provider has called off begins no other.

Reached by the provider, not by a browser. Good and bad tokens are told apart as the specification says: 200 and 400.
"""

import logging

from mitmproxy import http

from nightlatch.core.events import EventType, occurrences
from nightlatch.core.identity import UNVERIFIABLE
from nightlatch.core.respond import ResponseSpec
from nightlatch.core.session import End, Session, State
from nightlatch.identity.claims import TokenRefused, sid_key
from nightlatch.identity.extract import credential_fingerprint
from nightlatch.identity.key_sets import KeysUnavailable
from nightlatch.identity.logout_tokens import LogoutToken, read_logout_token
from nightlatch.identity.provider import ProviderUnavailable
from nightlatch.identity.provider_marks import sid_mark, subject_mark, token_mark
from nightlatch.identity.provider_tokens import Trust, trust_of
from nightlatch.proxy.answers import answer
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.form_body import form_of
from nightlatch.proxy.own_answers import json_answer, refusal_answer
from nightlatch.proxy.service import Service

log = logging.getLogger(__name__)


async def receive(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> None:
    """Answer `POST /.nightlatch/backchannel-logout`."""
    trust = await _trust(service)
    if trust is None:
        answer(flow, refusal_answer(service, arrival, 404, "Nobody logs people out of this site from elsewhere."))
        return
    answer(flow, await _answer(service, arrival, trust, form_of(flow).get("logout_token", [])))


async def _answer(service: Service, arrival: Arrival, trust: Trust | Exception, tokens: list[str]) -> ResponseSpec:
    try:
        if isinstance(trust, Exception):
            raise trust
        if len(tokens) != 1:
            raise TokenRefused("malformed")
        leeway = service.guard.policy.session.leeway
        token = await read_logout_token(tokens[0], trust, arrival.wall, leeway)
        ended = await _carry_out(service, arrival, token)
    except TokenRefused as refusal:
        _tell(service, arrival, refusal.reason, "was refused", refusal.reason)
        return json_answer(arrival, 400, {"error": "invalid_request", "error_description": refusal.reason})
    except (KeysUnavailable, ProviderUnavailable) as problem:
        _tell(service, arrival, UNVERIFIABLE, "could not be verified", str(problem))
        return json_answer(arrival, 503, {"error": "temporarily_unavailable"})
    return json_answer(arrival, 200, {"ended": ended})


def _tell(service: Service, arrival: Arrival, reason: str, what: str, why: str) -> None:
    """On the trail and, as often as there, on the console: anybody can send logout tokens, any number of them."""
    about = {"reason": reason, "source": "logout_token"}
    for event in service.guard.note_login(EventType.LOGIN_FAILED, arrival.request, arrival.now, **about):
        more = f" ({count} times)" if (count := occurrences(event)) > 1 else ""
        log.warning("a logout from the identity provider %s: %s%s", what, why, more)


async def _trust(service: Service) -> Trust | ProviderUnavailable | None:
    """Whose word is taken: the provider's at which people log in, else the issuer's whose tokens they bring."""
    if service.oidc is not None:
        try:
            return service.oidc.trust(await service.oidc.directory.provider())
        except ProviderUnavailable as problem:
            return problem
    verifier = service.guard.settings.verifier
    return trust_of(verifier) if verifier is not None else None


async def _carry_out(service: Service, arrival: Arrival, token: LogoutToken) -> int:
    """How many sessions ended. The session is called off first: a login that is under way does not slip through."""
    guard, now = service.guard, arrival.now
    used = token_mark(guard.key, token.issuer, token.jti)
    if not await guard.write(lambda writer: writer.bar(used, "logout_token", now)):
        raise TokenRefused("replayed")
    if token.sid is not None:
        sid = sid_mark(guard.key, token.issuer, token.sid)
        await guard.write(lambda writer: writer.bar(sid, "sid", now))
        if service.oidc is None:
            of_tokens = _token_mark(service, arrival, token.issuer, token.sid)
            await guard.write(lambda writer: writer.bar(of_tokens, "sid", now))
    sessions = _meant(service, token) if service.oidc is not None else _of_tokens(service, arrival, token)
    for session in sessions:
        await guard.end(session, End(now, "backchannel"))
    return len(sessions)


def _meant(service: Service, token: LogoutToken) -> list[Session]:
    """The sessions that a token names: of its `sid`, and if it names a person too, theirs; else all of the person."""
    guard = service.guard
    subject = subject_mark(guard.key, token.issuer, token.subject) if token.subject is not None else None
    if token.sid is None:
        return list(guard.reader.started_by(subject)) if subject is not None else []
    found = guard.reader.started_by(sid_mark(guard.key, token.issuer, token.sid))
    known = ((session, guard.reader.provider_session(session.id)) for session in found)
    return [session for session, one in known if subject is None or (one is not None and one.subject == subject)]


def _of_tokens(service: Service, arrival: Arrival, token: LogoutToken) -> list[Session]:
    """The same where people bring tokens: these name the session or the person themselves."""
    guard = service.guard
    if token.sid is None:
        return list(guard.reader.live_sessions(arrival.site, token.subject or ""))
    found = guard.reader.find(_token_mark(service, arrival, token.issuer, token.sid))
    if found is None or found.session.state is not State.ACTIVE:
        return []
    return [found.session] if token.subject in (None, found.session.subject) else []


def _token_mark(service: Service, arrival: Arrival, issuer: str, sid: str) -> bytes:
    """The fingerprint under which every token of that session is found."""
    reading = service.guard.reading(arrival.site, arrival.cookie)
    return credential_fingerprint(reading, sid_key(issuer, sid))
