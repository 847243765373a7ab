"""What a token adds to the session that it belongs to: how the person authenticated is told by each token anew.

So a step-up works with tokens (RFC 9470): the client comes back with a stronger or fresher one, of the same session.
"""

from nightlatch.core.identity import Identity
from nightlatch.core.session import Session, reauthenticated


def as_token_tells(session: Session, identity: Identity, now: int) -> Session:
    """`session`, live, with the groups, methods and class of `identity`'s token, and its login where that is newer; an
    ended session stays as it ended.

    Args:
        now: no login was later than this, whatever the token says.
    """
    if session.end is not None:
        return session
    session = session._replace(groups=identity.groups, amr=identity.amr, acr=identity.acr)
    at = authenticated_anew(session, identity, now)
    return session if at is None else reauthenticated(session, at)


def authenticated_anew(session: Session, identity: Identity, now: int) -> int | None:
    """When the person authenticated, if the token tells of a login that the session does not know; microseconds."""
    told = identity.token.authenticated_at if identity.token is not None else None
    known = max(session.authenticated_at, session.reauthenticated_at or 0)
    return min(told, now) if told is not None and min(told, now) > known else None
