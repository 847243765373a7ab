"""What an application's own Set-Cookie means for its sessions, in cookie mode (law of trust 4).

A value issued on an answer to a live session is a rotation, unless the request was a login: then it is a new session,
as it is where there was none. A deletion is a logout. An answer to a session that has ended meanwhile must not bring
one back, nor may an ended value come back.
"""

import logging
import re
from urllib.parse import urlsplit

from mitmproxy import http

from nightlatch.core.events import EventType
from nightlatch.core.identity import Identity
from nightlatch.core.patterns import path_matches
from nightlatch.core.session import End, Session, State
from nightlatch.core.verdict import Kind
from nightlatch.identity.cookies import cookie_pattern
from nightlatch.identity.extract import SourceKind, credential_fingerprint
from nightlatch.identity.set_cookies import is_deletion, issued_value, parse_set_cookie
from nightlatch.ledger.port import Found
from nightlatch.proxy.guard import Guard
from nightlatch.proxy.judged import Judged
from nightlatch.proxy.newcomers import new_session

log = logging.getLogger(__name__)


def brings_credential(guard: Guard, flow: http.HTTPFlow) -> bool:
    """Whether the upstream's answer sets or deletes the cookie that sessions live on."""
    if guard.settings.source.kind is not SourceKind.COOKIE or flow.response is None:
        return False
    return any(
        carries_session(guard, parse_set_cookie(line).name) for line in flow.response.headers.get_all("set-cookie")
    )


async def take_in(guard: Guard, flow: http.HTTPFlow, judged: Judged) -> None:
    """Bring the ledger up to date before the client hears of the cookie; drop the cookie where it must not arrive.

    Raises:
        LedgerError: it cannot be written; the caller answers 503.
    """
    assert flow.response is not None  # noqa: S101 (`brings_credential` has looked)
    wall = guard.clock.wall()
    cookies = [parse_set_cookie(line) for line in flow.response.headers.get_all("set-cookie")]
    value = issued_value(cookies, guard.settings.source.name, wall)
    if value is None:
        if all(is_deletion(cookie, wall) for cookie in cookies if carries_session(guard, cookie.name)):
            await _logged_out(guard, judged)
        return
    await _note_issuer(guard, judged.arrival.site)
    mark = credential_fingerprint(guard.reading(judged.arrival.site, judged.arrival.cookie), value)
    warp, known = guard.reader.look(mark)
    if not await _accept(guard, judged, known, mark, guard.clock.through(warp)[0]):
        drop(guard, flow)


async def _logged_out(guard: Guard, judged: Judged) -> None:
    live = _still_live(guard, judged)
    if live is not None:
        await guard.end(live, End(guard.clock.now(), "logout"))


def is_login(guard: Guard, judged: Judged) -> bool:
    """Whether the request is one by which the application logs people in."""
    return any(path_matches(pattern, judged.arrival.request.path) for pattern in guard.settings.login_paths)


def keeps_credential(guard: Guard, flow: http.HTTPFlow, judged: Judged) -> bool:
    """Whether the application seems to have logged somebody in (a form was taken, and led on) and goes by the cookie
    of before the login: it fixates."""
    response, request = flow.response, judged.arrival.request
    if guard.settings.source.kind is not SourceKind.COOKIE or response is None or request.method != "POST":
        return False
    if response.status_code not in (302, 303) or not is_login(guard, judged):
        return False
    identity, onward = judged.arrival.identity, urlsplit(response.headers.get("location", "")).path
    if not isinstance(identity, Identity) or any(path_matches(path, onward) for path in guard.settings.login_paths):
        return False
    return not brings_credential(guard, flow) or _issued_mark(guard, flow, judged) == identity.fingerprint


def _issued_mark(guard: Guard, flow: http.HTTPFlow, judged: Judged) -> bytes | None:
    assert flow.response is not None  # noqa: S101 (the caller has looked)
    cookies = [parse_set_cookie(line) for line in flow.response.headers.get_all("set-cookie")]
    value = issued_value(cookies, guard.settings.source.name, judged.arrival.wall)
    reading = guard.reading(judged.arrival.site, judged.arrival.cookie)
    return None if value is None else credential_fingerprint(reading, value)


def drop(guard: Guard, flow: http.HTTPFlow) -> None:
    """Take the session cookie out of the answer."""
    assert flow.response is not None  # noqa: S101 (as above)
    lines = flow.response.headers.get_all("set-cookie")
    flow.response.headers.set_all(
        "set-cookie", [line for line in lines if not carries_session(guard, parse_set_cookie(line).name)]
    )


def carries_session(guard: Guard, name: str) -> bool:
    """Whether a cookie of this name is the application's session cookie, or a chunk of it."""
    return (
        guard.settings.source.kind is SourceKind.COOKIE
        and re.fullmatch(cookie_pattern(guard.settings.source.name), name) is not None
    )


def _still_live(guard: Guard, judged: Judged) -> Session | None:
    if judged.session is None:
        return None
    session = guard.reader.session(judged.session.id)
    return session if session is not None and session.state is State.ACTIVE else None


async def _note_issuer(guard: Guard, site: str) -> None:
    if not guard.issues(site):
        await guard.write(lambda writer: writer.mark_issuer(site, guard.settings.source.name))


async def _accept(guard: Guard, judged: Judged, known: Found | None, mark: bytes, now: int) -> bool:
    """`known`: whose the value is already. An application that gives the same out with every answer is not asked
    about more than that."""
    if known is not None:
        return known.session.state is State.ACTIVE or await _reissue(guard, judged, known, mark, now)
    live, login = _still_live(guard, judged), is_login(guard, judged)
    if live is not None and judged.verdict.forward_credential and not login:
        return await _rotate(guard, judged, live, mark, now)
    if judged.verdict.kind is Kind.ALLOW and live is None:
        return False
    if live is not None and login:
        await guard.end(live, End(now, "logout"))
    return await _begin(guard, judged, mark, now)


async def _rotate(guard: Guard, judged: Judged, live: Session, mark: bytes, now: int) -> bool:
    identity = judged.arrival.identity
    assert isinstance(identity, Identity)  # noqa: S101 (a live session was found by it)
    event = guard.event(EventType.SESSION_ROTATED, now, live, by="application")
    until = now + guard.policy.session.grace
    done = await guard.write(lambda w: w.rotate(live.id, identity.fingerprint, mark, now, until, event))
    return done or await guard.write(lambda w: w.attach(live.id, mark, now, event))


async def _begin(guard: Guard, judged: Judged, mark: bytes, now: int, *, reissue: bool = False) -> bool:
    session = new_session(judged.arrival._replace(now=now), Identity("cookie", mark), now)
    event = guard.event(EventType.SESSION_CREATED, now, session, source="cookie")
    return await guard.write(lambda writer: writer.create(session, mark, (event,), reissue=reissue))


async def _reissue(guard: Guard, judged: Judged, known: Found, mark: bytes, now: int) -> bool:
    """The application gives an ended value out again: it fixates. Told, and accepted only with `--allow-reissue`."""
    if guard.settings.allow_reissue:
        return await _begin(guard, judged, mark, now, reissue=True)
    guard.note((guard.event(EventType.SESSION_REUSED_AFTER_END, now, known.session, by="application"),))
    log.warning(
        "the application issued the ended value of `%s` again (session %s): it keeps the cookie of before "
        "the login, which is session fixation. The cookie was removed; `--allow-reissue` accepts it as a new session",
        guard.settings.source.name,
        known.session.id,
    )
    return False
