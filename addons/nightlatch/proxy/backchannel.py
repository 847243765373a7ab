"""A provider tells that somebody has logged out (OpenID Connect Back-Channel Logout 1.0): their sessions end, on the
very next request and on what is open, and what the provider has called off begins no other.

Reached by the provider, not by a browser. Good and bad tokens are told apart as the specification says: 200 and 400.
"""

import logging
from urllib.parse import parse_qs

from mitmproxy import http

from nightlatch.core.respond import ResponseSpec
from nightlatch.core.session import End, Session
from nightlatch.identity.claims import TokenRefused
from nightlatch.identity.key_sets import KeysUnavailable
from nightlatch.identity.logout_tokens import LogoutToken, read_logout_token
from nightlatch.identity.provider import ProviderUnavailable
from nightlatch.identity.provider_marks import sid_mark, subject_mark, token_mark
from nightlatch.identity.provider_tokens import Trust
from nightlatch.proxy.answers import answer
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.own_answers import json_answer, refusal_answer
from nightlatch.proxy.service import Service

log = logging.getLogger(__name__)


async def receive(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> None:
    """Answer `POST /.nightlatch/backchannel-logout`."""
    if service.oidc is None:
        answer(flow, refusal_answer(service, arrival, 404, "Nobody logs people out of this site from elsewhere."))
        return
    form = parse_qs((flow.request.raw_content or b"").decode("utf-8", "replace"), max_num_fields=20)
    answer(flow, await _answer(service, arrival, form.get("logout_token", [])))


async def _answer(service: Service, arrival: Arrival, tokens: list[str]) -> ResponseSpec:
    try:
        if len(tokens) != 1:
            raise TokenRefused("malformed")
        leeway = service.guard.policy.session.leeway
        token = await read_logout_token(tokens[0], await _trust(service), arrival.wall, leeway)
        ended = await _carry_out(service, arrival, token)
    except TokenRefused as refusal:
        log.warning("a logout from the identity provider was refused: %s", refusal.reason)
        return json_answer(arrival, 400, {"error": "invalid_request", "error_description": refusal.reason})
    except (KeysUnavailable, ProviderUnavailable) as problem:
        log.warning("a logout from the identity provider could not be verified: %s", problem)
        return json_answer(arrival, 503, {"error": "temporarily_unavailable"})
    return json_answer(arrival, 200, {"ended": ended})


async def _trust(service: Service) -> Trust:
    assert service.oidc is not None  # noqa: S101 (`receive` has looked)
    return service.oidc.trust(await service.oidc.directory.provider())


async def _carry_out(service: Service, arrival: Arrival, token: LogoutToken) -> int:
    """How many sessions ended. The session is called off first: a login that is under way does not slip through."""
    guard, now = service.guard, arrival.now
    used = token_mark(guard.key, token.issuer, token.jti)
    if not await guard.write(lambda writer: writer.bar(used, "logout_token", now)):
        raise TokenRefused("replayed")
    if token.sid is not None:
        sid = sid_mark(guard.key, token.issuer, token.sid)
        await guard.write(lambda writer: writer.bar(sid, "sid", now))
    sessions = _meant(service, token)
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
