"""A dev login without a browser: a session for a script or a test, as `nightlatch login` gives one."""

from nightlatch.core.events import EventType
from nightlatch.core.remembering import created_detail
from nightlatch.core.session import Session
from nightlatch.identity.fingerprint import fingerprint, new_credential, new_session_id
from nightlatch.proxy import dev_login
from nightlatch.proxy.guard import Guard
from nightlatch.proxy.settings_login import DEV_METHOD, DevUser

AGENT = "control API"
"""What such a session says of the program that it began with."""


async def issue(guard: Guard, site: str, name: str, *, remember: bool = False) -> tuple[str, str]:
    """A session of `name` (empty: the first that there is) on `site`, remembered or not: its credential and its id.

    Raises:
        ValueError: the guard's login is another one, there is no such person, or nobody can be remembered; the message
            says so.
        LedgerError: it cannot be written.
    """
    settings = guard.settings
    if settings.login.kind != "dev" or not site:
        raise ValueError(f"this guard's login is `{settings.login.kind}`; only the dev login asks for no password")
    wanted = name or (settings.dev_users or dev_login.SUGGESTED)[0].name
    user = dev_login.known_user(guard, wanted)
    if user is None:
        guard.note((guard.event(EventType.LOGIN_FAILED, guard.clock.now(), login="dev", reason="unknown_user"),))
        there = ", ".join(each.name for each in settings.dev_users)
        raise ValueError(f"the dev login knows no `{wanted}`" + (f"; there are: {there}" if there else ""))
    if remember and not guard.policy.remember:
        raise ValueError(f"the policy {guard.policy.name} remembers nobody: it has no [remember]")
    session, credential = _session(guard, site, user)._replace(remembered=remember), new_credential()
    mark = fingerprint(guard.key, site, "nightlatch", credential)
    events = (
        guard.event(EventType.LOGIN_SUCCEEDED, session.started_at, session, login="dev", amr=DEV_METHOD),
        guard.event(EventType.SESSION_CREATED, session.started_at, session, **created_detail(session)),
    )
    await guard.write(lambda writer: writer.create(session, mark, events))
    return credential, session.id


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
