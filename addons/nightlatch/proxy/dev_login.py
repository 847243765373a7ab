"""The dev login: people named in the configuration, no password. For loopback only; `run` sees to that."""

from collections.abc import Mapping

from nightlatch.core.events import EventType
from nightlatch.core.identity import Identity
from nightlatch.core.policy import SECOND
from nightlatch.core.session import End, Session, State
from nightlatch.core.verdict import Clock, Kind, Verdict
from nightlatch.core.wording import sentence
from nightlatch.identity.fingerprint import fingerprint, new_credential
from nightlatch.ledger.port import Found
from nightlatch.proxy import rotation
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.guard import Guard
from nightlatch.proxy.newcomers import new_session
from nightlatch.proxy.settings import DEV_METHOD, DevUser, is_user_name

SUGGESTED = (DevUser("alice"), DevUser("bob", ("admins",)))
"""Offered where the configuration names nobody: then any name may be typed."""


def page_fields(guard: Guard, asked: Mapping[str, list[str]], return_to: str) -> dict[str, object]:
    """What the login page shows: whom one can be, why one is here, where one goes next."""
    users = guard.settings.dev_users
    return {
        "users": users or SUGGESTED,
        "any_name": not users,
        "return_to": return_to,
        "reauthenticate": "max_age" in asked or "reauthenticate" in asked,
        "why": _why({name: values[0] for name, values in asked.items()}),
        "failed": "",
        "form": asked.get("form", [""])[0],
    }


def _why(asked: Mapping[str, str]) -> str:
    """Why one is here, as the redirect told it; what does not fit is not shown."""
    try:
        clock = Clock(asked["clock"]) if "clock" in asked else None
        limit, elapsed = (int(asked[name]) * SECOND if name in asked else None for name in ("limit", "elapsed"))
        return sentence(Verdict(Kind(asked["verdict"]), asked.get("reason", ""), None, clock, limit, elapsed))
    except (KeyError, ValueError):
        return ""


def known_user(guard: Guard, name: str) -> DevUser | None:
    """The configured user called `name`; where nobody is configured, anybody with a sane name."""
    users = guard.settings.dev_users
    if not users:
        suggested = {user.name: user for user in SUGGESTED}
        return suggested.get(name) or (DevUser(name) if is_user_name(name) else None)
    return next((user for user in users if user.name == name), None)


async def log_in(guard: Guard, arrival: Arrival, name: str, *, again: bool) -> str | None:
    """Log `name` in: a new credential, always (no fixation); None when there is no such user.

    With `again` a live session of the same person goes on, freshly authenticated (law 9); any other session that
    this browser had is ended first.
    """
    user = known_user(guard, name)
    if user is None:
        event = guard.request_event(EventType.LOGIN_FAILED, arrival.now, arrival.request, login="dev")
        guard.note((event,))
        return None
    live = await _alive(guard, arrival)
    fresh = new_credential()
    mark = fingerprint(guard.key, arrival.site, "nightlatch", fresh)
    if live is not None and again and live.session.subject == user.name:
        if await _reauthenticate(guard, arrival, live, mark):
            return fresh
    elif live is not None:
        await guard.end(live.session, End(arrival.now, "logout"))
    await _begin(guard, arrival, user, mark)
    return fresh


async def _alive(guard: Guard, arrival: Arrival) -> Found | None:
    """The session that this browser has, if it lives: what ran out or was taken over by somebody does not go on."""
    found = guard.find(arrival.identity, arrival.now)
    if found is None or found.session.state is not State.ACTIVE or guard.run_out(found.session, arrival.now):
        return None
    if rotation.reused(found, arrival.now):
        await guard.end(found.session, End(arrival.now, rotation.REUSE))
        return None
    return found


async def _begin(guard: Guard, arrival: Arrival, user: DevUser, mark: bytes) -> None:
    identity = Identity("nightlatch", mark, user.name, user.groups, amr=(DEV_METHOD,))
    session: Session = new_session(arrival, identity, arrival.now)
    events = (
        guard.event(EventType.LOGIN_SUCCEEDED, arrival.now, session, login="dev"),
        guard.event(EventType.SESSION_CREATED, arrival.now, session, source="nightlatch"),
    )
    await guard.write(lambda writer: writer.create(session, mark, events))


async def _reauthenticate(guard: Guard, arrival: Arrival, found: Found, mark: bytes) -> bool:
    session, old, now = found.session, found.credential.fingerprint, arrival.now
    events = (
        guard.event(EventType.LOGIN_SUCCEEDED, now, session, login="dev"),
        guard.event(EventType.STEP_UP_SATISFIED, now, session),
    )
    grace = guard.policy.session.grace
    return await guard.write(lambda writer: writer.reauthenticate(session.id, old, mark, now, events, grace=grace))
