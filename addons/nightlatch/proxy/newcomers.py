"""Credentials seen for the first time: which of them become sessions, and since when (laws of trust 4 and 10)."""

from collections.abc import Iterable

from nightlatch.core.events import Event, EventType
from nightlatch.core.identity import Identity
from nightlatch.core.origin_facts import agent_family, network_of
from nightlatch.core.session import End, Session
from nightlatch.identity.fingerprint import new_session_id
from nightlatch.ledger.port import LedgerWriter
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.guard import Guard


def newcomer(guard: Guard, arrival: Arrival) -> Session | None:
    """The session that this request's unknown credential would start; None when it starts none.

    A verified token always names a session; the application's cookie does while it may be adopted; nightlatch's own
    never does: it is either known or forged.
    """
    identity = arrival.identity
    if not isinstance(identity, Identity):
        return None
    if identity.token is not None:
        since = identity.token.authenticated_at or identity.token.issued_at
        return new_session(arrival, identity, min(since, arrival.now))
    return new_session(arrival, identity, arrival.now) if identity.adoptable else None


def new_session(arrival: Arrival, identity: Identity, authenticated_at: int) -> Session:
    """A fresh session for `identity`, started now."""
    request, now = arrival.request, arrival.now
    return Session(
        id=new_session_id(),
        site=arrival.site,
        subject=identity.subject,
        source=identity.source,
        started_at=now,
        authenticated_at=authenticated_at,
        last_active_at=now,
        gap_from_at=now,
        groups=identity.groups,
        amr=identity.amr,
        acr=identity.acr,
        email=identity.email,
        network=network_of(request.address),
        agent=agent_family(request.header("user-agent")),
    )


async def enrol(guard: Guard, arrival: Arrival, session: Session) -> bool:
    """Write `session` down durably; False when another request was first."""
    identity = arrival.identity
    if not isinstance(identity, Identity):
        return False
    type_ = EventType.SESSION_ADOPTED if session.source == "cookie" else EventType.SESSION_CREATED
    events = [guard.event(type_, arrival.now, session, source=session.source)]
    if identity.again:
        events.append(guard.event(EventType.LOGIN_SILENT, arrival.now, session, reason="auth_time_missing"))
    written = await guard.write(lambda writer: _written(writer, session, identity, events))
    if written and identity.token is not None and guard.reader.barred(identity.fingerprint):
        # Its issuer had called the session off before its first token came here.
        await guard.end(session, End(arrival.now, "backchannel"))
        return False
    return written


def _written(writer: LedgerWriter, session: Session, identity: Identity, events: Iterable[Event]) -> bool:
    """With its first token, where it lives on tokens: a repeat of that is no refresh."""
    created = writer.create(session, identity.fingerprint, events)
    if created and identity.token_id:
        writer.attach(session.id, identity.token_id, session.started_at)
    return created
