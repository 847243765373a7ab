"""From a login that succeeded to a session: who logged in, how and when, and the credential that they get.

The one way in for every kind of login (`dev_login`, `oidc_callback`): none of them makes a session itself. A login
always brings a new credential, so nothing that was planted before it is good for anything (no fixation). Knows
neither forms nor providers.
"""

from typing import NamedTuple

from nightlatch.core.authentication import Authentication, ProviderSession
from nightlatch.core.crowding import TOO_MANY
from nightlatch.core.events import Event, EventType
from nightlatch.core.identity import Identity
from nightlatch.core.remembering import created_detail
from nightlatch.core.session import End, Session, State
from nightlatch.identity.fingerprint import fingerprint, new_credential
from nightlatch.ledger.port import Found
from nightlatch.proxy import crowd, rotation
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.guard import Guard
from nightlatch.proxy.newcomers import new_session


class Issued(NamedTuple):
    """What a login brings: the credential, and the session that it is of."""

    credential: str
    session: Session


class LoginRefused(Exception):
    """Nobody is let in. `reason` is a short code, for the trail and for `login_wording`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def establish(
    guard: Guard, arrival: Arrival, who: Authentication, *, again: bool, remember: bool = False
) -> Issued:
    """The credential with which `who` goes on from here; its session is on disk.

    With `again` a live session of the same person goes on, freshly authenticated (law of time 9); any other session
    that this browser had is ended first. With `remember` a session that begins is remembered, if the policy remembers
    anybody; one that goes on stays what it was.

    Raises:
        LedgerError: it cannot be written.
        LoginRefused: the person has as many sessions as the policy allows.
    """
    fresh = new_credential()
    mark = fingerprint(guard.key, arrival.site, "nightlatch", fresh)
    live = await alive(guard, arrival)
    if live is not None and again and _same_person(guard, live.session, who):
        if await _go_on(guard, live, mark, who, arrival.now):
            return Issued(fresh, live.session)
    elif live is not None:
        await guard.end(live.session, End(arrival.now, "logout"))
    remembered = remember and bool(guard.policy.remember)
    return Issued(fresh, await _begin(guard, arrival, who, mark, remembered))


async def alive(guard: Guard, arrival: Arrival) -> Found | None:
    """The session that this browser has, if it lives: what ran out or was taken over by somebody does not go on."""
    found = guard.find(arrival.identity, arrival.now)
    if found is None or found.session.state is not State.ACTIVE or guard.run_out(found.session, arrival.now):
        return None
    if rotation.reused(guard.policy, found, arrival.now):
        await guard.end(found.session, End(arrival.now, rotation.REUSE))
        return None
    return found


def _same_person(guard: Guard, session: Session, who: Authentication) -> bool:
    """By name, and where a provider tells, by what it calls them: names can be given to somebody else."""
    known = guard.reader.provider_session(session.id)
    one, other = known and known.subject, who.provider and who.provider.subject
    return session.subject == who.subject and one == other


async def _begin(guard: Guard, arrival: Arrival, who: Authentication, mark: bytes, remembered: bool) -> Session:
    identity = Identity("nightlatch", mark, who.subject, who.groups, who.amr, who.acr, email=who.email)
    session = new_session(arrival, identity, min(who.at, arrival.now))._replace(remembered=remembered)
    created = guard.event(EventType.SESSION_CREATED, arrival.now, session, **created_detail(session))
    events = (_succeeded(guard, arrival.now, session, who), created)
    if crowd.has_no_room(guard, arrival.site, who.subject, arrival.now):
        failed = {"login": who.method, "reason": TOO_MANY}
        guard.note_login(EventType.LOGIN_FAILED, arrival.request, arrival.now, **failed)
        raise LoginRefused(TOO_MANY)
    await guard.write(lambda writer: writer.create(session, mark, events, provider=who.provider))
    if not await crowd.make_room(guard, session, arrival.now):
        raise LoginRefused(TOO_MANY)
    return session


async def _go_on(guard: Guard, found: Found, mark: bytes, who: Authentication, now: int) -> bool:
    """With the new credential in place of the old, or beside it where another tab was faster."""
    session, grace = found.session, guard.policy.session.grace
    anew = _is_newer(guard.reader.provider_session(session.id), who.provider)
    stronger = (session.acr, session.amr) != (who.acr, who.amr)
    satisfied = (guard.event(EventType.STEP_UP_SATISFIED, now, session),) if anew or stronger else ()
    events = (_succeeded(guard, now, session, who), *satisfied)
    at, proof = (who.at, who) if anew else (now, who if stronger else None)

    async def proven(old: bytes) -> bool:
        return await guard.write(
            lambda w: w.reauthenticate(session.id, old, mark, at, events, grace=grace, authentication=proof, anew=anew)
        )

    if await proven(found.credential.fingerprint):
        return True
    beside = guard.event(EventType.SESSION_ROTATED, now, session, by="login")
    return await guard.write(lambda w: w.attach(session.id, mark, now, beside)) and await proven(mark)


def _is_newer(known: ProviderSession | None, shown: ProviderSession | None) -> bool:
    """Whether the person authenticated since: a second tab may come back with what the first has brought already."""
    return known is None or shown is None or shown.authenticated > known.authenticated


def _succeeded(guard: Guard, now: int, session: Session, who: Authentication) -> Event:
    strength = {"amr": " ".join(who.amr) or None, "acr": who.acr}
    return guard.event(EventType.LOGIN_SUCCEEDED, now, session, login=who.method, **strength)
