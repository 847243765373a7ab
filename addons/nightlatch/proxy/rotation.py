"""Rolling credentials: a new one for the same session after `rolling`, the old one good for `grace` (law 3)."""

from nightlatch.core.events import EventType
from nightlatch.core.policy import Policy
from nightlatch.identity.fingerprint import fingerprint, new_credential
from nightlatch.ledger.port import Found
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.guard import Guard

REUSE = "rotation_reuse"
"""Why a session ended whose replaced credential came back (law of trust 11)."""


def reused(policy: Policy, found: Found, now: int) -> bool:
    """Whether a live session is asked for by a credential that was replaced, after its grace, and ends for it (law of
    trust 11): unless `[alerts]` says that something else follows."""
    rule = policy.alerts.get(REUSE)
    return outlived(found, now) and rule is not None and rule.then == "end"


def outlived(found: Found, now: int) -> bool:
    """Whether the credential of a live session was replaced, and its grace is over."""
    until = found.credential.grace_until
    return until is not None and now >= until and found.session.end is None


def due(policy: Policy, found: Found, now: int) -> bool:
    """Whether nightlatch should issue a new credential with this answer. It only rotates its own."""
    rolling = policy.session.rolling
    if rolling is None or found.session.source != "nightlatch" or found.credential.replaced_at is not None:
        return False
    return now >= found.credential.issued_at + rolling


async def rotate(guard: Guard, arrival: Arrival, found: Found) -> str | None:
    """Replace the credential durably; the new one, or None when another request was first."""
    fresh = new_credential()
    new = fingerprint(guard.key, arrival.site, "nightlatch", fresh)
    old, at = found.credential.fingerprint, arrival.now
    event = guard.event(EventType.SESSION_ROTATED, at, found.session)
    until = at + guard.policy.session.grace
    done = await guard.write(lambda writer: writer.rotate(found.session.id, old, new, at, until, event))
    return fresh if done else None
