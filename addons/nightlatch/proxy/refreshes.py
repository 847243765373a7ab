"""A further token of a session that is known: a refresh. It is logged, is no activity, and never moves `absolute`.

Each token's fingerprint is written down with its session at first sight, so that a repeat is known for one in every
process and after a restart. A token that tells of a newer login brings a fresh authentication with it.
"""

from nightlatch.core.authentication import Authentication
from nightlatch.core.events import Event, EventType
from nightlatch.core.identity import Identity
from nightlatch.core.session import Session
from nightlatch.core.token_session import authenticated_anew
from nightlatch.ledger.port import Found
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.guard import Guard


def is_refresh(guard: Guard, arrival: Arrival, found: Found) -> bool:
    """Whether the request brings a token that this live session was not seen with."""
    identity = arrival.identity
    if not isinstance(identity, Identity) or not identity.token_id or found.session.end is not None:
        return False
    return not guard.has_met(identity.token_id) if arrival.unwritten else not guard.knows_token(identity.token_id)


async def take_in(guard: Guard, arrival: Arrival, session: Session) -> bool:
    """Write the new token down with its session, and the login that it tells of. Whether the session is otherwise as it
    was, and was live then."""
    identity = arrival.identity
    if not isinstance(identity, Identity):
        return False
    now = arrival.now
    anew = authenticated_anew(session, identity, now)
    refreshed = guard.event(EventType.SESSION_REFRESHED, now, session, reauthenticated=anew is not None)
    attached = await guard.write(lambda writer: writer.attach(session.id, identity.token_id, now, refreshed))
    guard.remember_token(identity.token_id)
    if attached and anew is not None:
        await _reauthenticated(guard, identity, session, anew)
    return attached and anew is None


async def _reauthenticated(guard: Guard, identity: Identity, session: Session, at: int) -> None:
    event: Event = guard.event(EventType.STEP_UP_SATISFIED, at, session, method=identity.source)
    login = Authentication(
        identity.subject or "", identity.source, at, identity.groups, identity.amr, identity.acr, email=identity.email
    )
    mark = identity.fingerprint
    await guard.write(lambda writer: writer.reauthenticate(session.id, mark, mark, at, (event,), authentication=login))
