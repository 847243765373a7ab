"""Telling the application who is asking: `X-Forwarded-User`, `-Email`, `-Groups`, and a signed assertion of the same.

What the client said of itself in any of them, in any spelling, has been removed before (`inbound_headers`). What would
not fit into a header is left out of those; the assertion has it.
"""

from functools import lru_cache

from nightlatch.core.identity import Identity
from nightlatch.core.session import Session
from nightlatch.core.token_session import as_token_tells
from nightlatch.identity.vouching import Person
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.guard import Guard
from nightlatch.proxy.inbound_headers import Field

ASSERTION = b"Nightlatch-Assertion"


def person_fields(guard: Guard, arrival: Arrival, session: Session) -> tuple[Field, ...]:
    """What the application is told of the person in `session` with a request."""
    identity = arrival.identity
    if isinstance(identity, Identity) and identity.token is not None:
        session = as_token_tells(session, identity, arrival.now)._replace(email=identity.email)
    if session.subject is None:
        return ()
    fields = told(session.subject, session.email, session.groups)
    if guard.settings.assertion:
        return (*fields, (ASSERTION, _assertion(guard, arrival, session, session.subject)))
    return fields


@lru_cache(maxsize=4096)
def told(subject: str, email: str | None, groups: tuple[str, ...]) -> tuple[Field, ...]:
    """The plain header fields. A group with a comma in its name would be two, so it is left out."""
    fitting = ",".join(group for group in groups if _fits(group) and "," not in group)
    fields = ((b"X-Forwarded-User", subject), (b"X-Forwarded-Email", email or ""), (b"X-Forwarded-Groups", fitting))
    return tuple((name, text.encode()) for name, text in fields if _fits(text))


def _fits(text: str) -> bool:
    """Whether `text` can stand in a header as it is: nothing leads out of the field."""
    return bool(text) and text.isascii() and text.isprintable()


def _assertion(guard: Guard, arrival: Arrival, session: Session, subject: str) -> bytes:
    latest = max(session.authenticated_at, session.reauthenticated_at or 0)
    person = Person(
        session.id,
        subject,
        session.email,
        session.groups,
        session.amr,
        session.acr,
        arrival.wall - max(0, arrival.now - latest),
    )
    return guard.voucher.vouch(person, arrival.origin, arrival.site, arrival.wall)
