"""The guard as the control API sees it. The server itself is handed in by whoever starts the guard: proxy and web are
two shells, and neither imports the other."""

import platform
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib.metadata import version
from typing import NamedTuple, Protocol, TypeVar

from mitmproxy.version import VERSION

from nightlatch.core.events import Event, EventType, Field
from nightlatch.core.policy import Policy
from nightlatch.core.session import End, Session
from nightlatch.core.warp import Warp
from nightlatch.ledger.address import LedgerAddress
from nightlatch.ledger.port import Database, LedgerError, LedgerWriter
from nightlatch.metrics.snapshot import Decided, Latency
from nightlatch.proxy.control_login import issue
from nightlatch.proxy.policy_change import apply_policy
from nightlatch.proxy.policy_reading import read_changed
from nightlatch.proxy.service import Service
from nightlatch.proxy.standing_policy import StandingPolicy

T = TypeVar("T")


class ControlServer(Protocol):
    """The control API, its port taken."""

    url: str
    token: str

    def start(self) -> None: ...
    def stop(self) -> None: ...


class Place(NamedTuple):
    """Where the guard is and what it guards."""

    url: str
    site: str
    ledger: LedgerAddress
    policy_file: str
    login: str
    users: tuple[str, ...]


class GuardControl:
    """What `nightlatch.web.control.Control` asks for."""

    def __init__(self, service: Service, site: str) -> None:
        self._service, self._guard, self._site = service, service.guard, site

    def place(self) -> Place:
        settings = self._guard.settings
        users = tuple(user.name for user in settings.dev_users)
        file = settings.policy_name
        return Place(self._service.url, self._site, settings.ledger, file, settings.login.kind, users)

    def trouble(self) -> str | None:
        try:
            self._guard.check()
            self._guard.clock.now()
        except LedgerError as error:
            return str(error)
        return None if self._service.url else "nightlatch does not listen yet."

    def clock(self) -> tuple[int, int, Warp]:
        return self._guard.clock.read()

    def policy(self) -> Policy:
        return self._guard.policy

    def standing(self) -> StandingPolicy:
        return self._service.standing

    def current(self, session: Session, now: int) -> Session:
        return self._guard.current(session, now)

    def event(self, type_: EventType, at: int, session: Session | None = None, **detail: Field) -> Event:
        return self._guard.event(type_, at, session, **detail)

    def write(self, call: Callable[[LedgerWriter], T]) -> Awaitable[T]:
        return self._guard.write(call)

    async def end(self, session: Session, end: End) -> Session:
        return await self._guard.end(session, end)

    async def end_each(self, sessions: Sequence[Session], end: End) -> int:
        return await self._guard.end_each([(each.id, end, self._guard.end_event(each, end)) for each in sessions])

    def read_policy(self, text: str) -> Policy:
        return read_changed(self._guard, text)

    async def apply_policy(self, text: str, by: str) -> int:
        return await apply_policy(self._service, text, by)

    async def log_in(self, user: str | None, remember: bool = False) -> tuple[str, str, str]:
        """As `nightlatch login` does.

        Raises:
            ValueError: the guard has no dev login, nobody of that name or nobody who may have one more session, or a
                policy that remembers nobody.
            LedgerError: it cannot be written.
        """
        return self._service.cookie, *await issue(self._guard, self._site, user, remember=remember)

    def counted(self) -> tuple[Counter[Decided], Latency]:
        counting = self._service.counting
        return counting.decisions(), counting.latency

    def versions(self) -> Mapping[str, str]:
        return {"nightlatch": version("nightlatch"), "mitmproxy": VERSION, "python": platform.python_version()}

    def database(self) -> Database:
        return self._service.guard.reader.database()


OpenControl = Callable[[GuardControl, str, int], ControlServer]
"""Opens the control API at a host and port; raises OSError where it cannot listen there."""
