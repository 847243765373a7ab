"""The `nightlatch` fixture: the guarded site, its clock and its sessions, as one test sees them.

What earlier tests left is not to be seen: `begin` ends it and remembers where the audit trail stood.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from nightlatch.testing import expectations
from nightlatch.testing.control_client import TIMEOUT, ControlError, segment
from nightlatch.testing.guard_process import Guard
from nightlatch.testing.session_view import Answer, Login, Session, session_of
from nightlatch.testing.signing_in import sign_in
from nightlatch.testing.spans import By, milliseconds, span

AT_ONCE = 10_000
"""How many events are asked for in one go."""


class Nightlatch:
    """The guard, for one test."""

    def __init__(self, guard: Guard) -> None:
        self._guard, self._client = guard, guard.client
        self._last_event = 0
        self._decision: str | None = None

    def begin(self) -> None:
        """Forget what was: every session is ended, the clock is at wall time, and all that follows is new.

        Raises:
            ControlError: the guard does not answer.
        """
        self._client.post("/reset")
        self._last_event = self._newest_event()
        last = self._client.get("/decisions", limit=1)
        self._decision = last[-1]["id"] if last else None

    def _newest_event(self) -> int:
        found = self._client.get("/events", limit=1)
        return int(found[-1]["id"]) if found else 0

    @property
    def base_url(self) -> str:
        """Where the guarded site is, without a trailing slash: what a test opens in place of the application."""
        return self._guard.url

    def login(self, client: Any = None, *, user: str | None = None) -> Login:
        """Log `user` in (None: the first that the guard knows) and give `client` the cookie.

        Args:
            client: a Playwright page or context (sync), a `requests.Session`, an `httpx.Client`, a Selenium driver, or
                nothing: then the login's `headers` are for the test to send.
            user: a name; any where the guard was not told who there is.

        Raises:
            TypeError: a client of another kind.
            ControlError: people do not log in to this guard by the dev login, or there is no such user, or they have
                as many sessions as the policy allows.
        """
        cookie = self._client.post("/login", {} if user is None else {"user": user})
        subject = self._client.get(f"/sessions/{segment(cookie['session'])}")["subject"]
        login = Login(cookie["session"], subject, cookie["name"], cookie["value"], self.base_url)
        if client is not None:
            sign_in(client, login)
        return login

    def ask(
        self,
        path: str,
        login: Login | None = None,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | str | None = None,
    ) -> Answer:
        """Ask the guarded site for `path` as `login`, or as a stranger. No redirect is followed.

        Raises:
            OSError: the guard cannot be reached.
        """
        parts = urlsplit(self.base_url)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
        try:
            connection.request(method, path, body, {**(login.headers if login else {}), **(headers or {})})
            given = connection.getresponse()
            if login is not None:
                login.take(given.headers.get_all("Set-Cookie", []))
            return Answer(given.status, {name.lower(): value for name, value in given.getheaders()}, given.read())
        finally:
            connection.close()

    def warp(
        self,
        by: By = None,
        *pages: Any,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> None:
        """Let time pass: `warp(minutes=31)`, `warp("31m")`. The guard's, and that of Playwright pages with an
        installed `page.clock`, which is fast-forwarded after the guard's so that a timer meets a guard as late.

        Raises:
            ValueError: no way forward.
        """
        far = span(by, days, hours, minutes, seconds)
        self._client.post("/clock/advance", {"by": far})
        for page in pages:
            page.clock.fast_forward(milliseconds(far))

    def freeze(self) -> contextlib.AbstractContextManager[None]:
        """Stop the clock, so that a test can stand a second before a limit for as long as it takes. `warp` still moves
        it. As a context manager it lets the clock go on afterwards."""
        self._client.post("/clock/freeze")
        return self._going_on_afterwards()

    @contextlib.contextmanager
    def _going_on_afterwards(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.resume()

    def resume(self) -> None:
        """Let the clock go on from where it stands."""
        self._client.post("/clock/resume")

    def reset(self) -> None:
        """Return to wall time. That goes backwards, so it ends every session."""
        self._client.post("/reset")

    @contextlib.contextmanager
    def travelled(
        self, by: By = None, *pages: Any, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> Iterator[None]:
        """Within it, time is that much later; afterwards it is wall time again, and every session has ended."""
        self.warp(by, *pages, days=days, hours=hours, minutes=minutes, seconds=seconds)
        try:
            yield
        finally:
            self.reset()

    @property
    def sessions(self) -> list[Session]:
        """The sessions that began in this test, the oldest first, as they stand now."""
        began: dict[str, None] = {}
        after = self._last_event
        while events := self._client.get("/events", after=after, type="session", limit=AT_ONCE):
            began |= {event["session"]: None for event in events if event["type"] in _BEGINNINGS}
            after = events[-1]["id"]
        return [self.session(each) for each in began]

    def session(self, which: Session | Login | str) -> Session:
        """A session as it stands now. Raises ControlError where there is none of that id."""
        return session_of(self._client.get(f"/sessions/{segment(_id(which))}"))

    def end(self, which: Session | Login | str) -> Session:
        """End a session, as an administrator does."""
        return session_of(self._client.delete(f"/sessions/{segment(_id(which))}"))

    @property
    def decisions(self) -> list[dict[str, Any]]:
        """What was asked in this test and what was answered, oldest first, as far as the bounded log reaches."""
        found: list[dict[str, Any]] = self._client.get("/decisions", limit=AT_ONCE)
        ids = [each["id"] for each in found]
        return found[ids.index(self._decision) + 1 :] if self._decision in ids else found

    def explain(self, which: Session | Login | str) -> str:
        """Why a session ended, or stands where it stands, and its timeline: what `nightlatch explain` prints."""
        return expectations.explained(self._client.get(f"/sessions/{segment(_id(which))}/explain"))

    def assert_active(self, which: Session | Login | str) -> None:
        """The session lives. Raises AssertionError, with its timeline, where it does not."""
        __tracebackhide__ = True
        found = expectations.settled(lambda: self.session(which))
        if not found.active:
            raise AssertionError(f"{_named(found)} is not active: {_end(found)}\n\n{self.explain(found)}")

    def assert_expired(self, which: Session | Login | str, clock: str | None = None) -> None:
        """A clock ended the session; where `clock` is given (`idle`, `absolute` …) that one.

        Raises:
            AssertionError: with the session's timeline: what counted as activity, and what is left.
            ValueError: there is no such clock.
        """
        __tracebackhide__ = True
        expectations.check_clock(clock)
        found = expectations.settled(lambda: self.session(which))
        if found.state != "expired" or clock not in (None, found.ended_by):
            wanted = f"has not expired by {clock}" if clock else "has not expired"
            raise AssertionError(f"{_named(found)} {wanted}: {_end(found)}\n\n{self.explain(found)}")

    @property
    def policy(self) -> str:
        """The policy in force, as TOML."""
        return str(self._client.get("/policy")["text"])

    def set_policy(self, text: str) -> None:
        """Bring another policy into force, from the next request on, until the end of the test.

        Raises:
            ControlError: it has mistakes; the message names them all, with their places.
        """
        self._client.put("/policy", {"text": text})


_BEGINNINGS = ("session.created", "session.adopted")


def _id(which: Session | Login | str) -> str:
    return which if isinstance(which, str) else which.id


def _named(session: Session) -> str:
    return f"session {session.id} of {session.subject or 'someone'}"


def _end(session: Session) -> str:
    if not session.active:
        return f"it {'expired by' if session.state == 'expired' else 'was ended:'} {session.ended_by}"
    left = ", ".join(f"{name} {timedelta(seconds=clock.remaining)}" for name, clock in session.clocks.items())
    return f"it is active, with {left or 'no limit'} left"


__all__ = ["ControlError", "Nightlatch"]
