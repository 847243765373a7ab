"""A dev login without a browser: a session for a script or a test, as `nightlatch login` gives one."""

from nightlatch.core.crowding import TOO_MANY, refusal
from nightlatch.core.events import EventType
from nightlatch.core.remembering import created_detail
from nightlatch.core.session import Session
from nightlatch.identity.fingerprint import fingerprint, new_credential, new_session_id
from nightlatch.proxy import crowd, dev_login
from nightlatch.proxy.guard import Guard
from nightlatch.proxy.settings_login import DEV_METHOD, DevUser

AGENT = "control API"
"""What such a session says of the program that it began with."""


async def issue(guard: Guard, site: str, name: str | None, *, remember: bool = False) -> tuple[str, str]:
    """A session of `name` (None: the first that there is) on `site`, remembered or not: its credential and its id.

    Raises:
        ValueError: the guard's login is another one, there is no such person, they have as many sessions as the policy
            allows, or nobody can be remembered; the message says so.
        LedgerError: it cannot be written.
    """
    settings = guard.settings
    if settings.login.kind != "dev" or not site:
        raise ValueError(f"this guard's login is `{settings.login.kind}`; only the dev login asks for no password")
    user = _user(guard, name)
    if remember and not guard.policy.remember:
        raise ValueError(f"the policy {guard.policy.name} remembers nobody: it has no [remember]")
    session = _session(guard, site, user)._replace(remembered=remember)
    if crowd.has_no_room(guard, site, user.name, session.started_at):
        _note_failure(guard, TOO_MANY)
        raise ValueError(refusal(guard.policy, user.name))
    credential = await _begin(guard, session)
    if not await crowd.make_room(guard, session, session.started_at):
        raise ValueError(refusal(guard.policy, user.name))
    return credential, session.id


def _user(guard: Guard, name: str | None) -> DevUser:
    """Whom `name` means.

    Raises:
        ValueError: nobody.
    """
    people = guard.settings.dev_users
    wanted = (people or dev_login.SUGGESTED)[0].name if name is None else name
    user = dev_login.known_user(guard, wanted)
    if user is None:
        _note_failure(guard, "unknown_user")
        there = ", ".join(each.name for each in people)
        raise ValueError(f"the dev login knows no `{wanted}`" + (f"; there are: {there}" if there else ""))
    return user


def _note_failure(guard: Guard, reason: str) -> None:
    guard.note((guard.event(EventType.LOGIN_FAILED, guard.clock.now(), login="dev", reason=reason),))


async def _begin(guard: Guard, session: Session) -> str:
    """The credential of `session`, which is on disk."""
    credential = new_credential()
    mark = fingerprint(guard.key, session.site, "nightlatch", credential)
    events = (
        guard.event(EventType.LOGIN_SUCCEEDED, session.started_at, session, login="dev", amr=DEV_METHOD),
        guard.event(EventType.SESSION_CREATED, session.started_at, session, **created_detail(session)),
    )
    await guard.write(lambda writer: writer.create(session, mark, events))
    return credential


def _session(guard: Guard, site: str, user: DevUser) -> Session:
    now = guard.clock.now()
    return Session(
        id=new_session_id(),
        site=site,
        subject=user.name,
        source="nightlatch",
        started_at=now,
        authenticated_at=now,
        last_active_at=now,
        gap_from_at=now,
        groups=user.groups,
        amr=(DEV_METHOD,),
        agent=AGENT,
    )
