"""What the control API needs of the guard that it controls. The proxy provides it; the web package knows no more.

All of it is called on the event loop that the guard runs on, and none of it blocks.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from nightlatch.core.events import Event, EventType, Field
from nightlatch.core.mistakes import Mistake
from nightlatch.core.policy import Policy
from nightlatch.core.session import End, Session
from nightlatch.core.warp import Warp
from nightlatch.ledger.address import LedgerAddress
from nightlatch.ledger.port import Database, LedgerWriter
from nightlatch.metrics.snapshot import Decided, Latency

T = TypeVar("T")


class Place(Protocol):
    """Where the guard is and what it guards."""

    @property
    def url(self) -> str:
        """Where it listens, without a trailing slash; empty while it does not."""

    @property
    def site(self) -> str:
        """The origin of the application; empty where several hosts are guarded."""

    @property
    def ledger(self) -> LedgerAddress: ...
    @property
    def policy_file(self) -> str:
        """The preset or the file that the guard was started with."""

    @property
    def login(self) -> str:
        """How people log in: dev, redirect, self, none."""

    @property
    def users(self) -> tuple[str, ...]:
        """Names of the people that the dev login knows; empty: anybody."""


class Standing(Protocol):
    """Where the policy in force comes from."""

    @property
    def given(self) -> str:
        """The version that the preset or file held when it was last read."""

    @property
    def refused(self) -> tuple[Mistake, ...]:
        """What keeps the file, as it is now, from coming into force."""


class Control(Protocol):
    """The guard, as far as it can be watched and steered from outside."""

    def place(self) -> Place: ...
    def trouble(self) -> str | None:
        """Why requests are refused with 503 now; None while they are judged."""

    def clock(self) -> tuple[int, int, Warp]:
        """(`now`, wall time, the warp between them), of one instant.

        Raises:
            LedgerError: the clock cannot be read.
        """

    def policy(self) -> Policy:
        """The policy in force."""

    def standing(self) -> Standing:
        """Where that comes from."""

    def current(self, session: Session, now: int) -> Session:
        """`session`, as it was read, with activity that is not written yet. Safe from any thread."""

    def event(self, type_: EventType, at: int, session: Session | None = None, **detail: Field) -> Event:
        """An audit event under the policy in force."""

    def write(self, call: Callable[[LedgerWriter], T]) -> Awaitable[T]:
        """Do `call` on the ledger's writer; done means durable. Raises LedgerError when awaited."""

    async def end(self, session: Session, end: End) -> Session:
        """End `session` durably and return it as it then stands."""

    async def end_each(self, sessions: Sequence[Session], end: End) -> int:
        """The same for several, in few transactions; how many of them lived until then."""

    def read_policy(self, text: str) -> Policy:
        """The policy that `text` writes, as this guard would take it; nothing comes into force.

        Raises:
            PolicyInvalid: with every mistake in it.
        """

    async def apply_policy(self, text: str, by: str) -> int:
        """Bring `text` into force from the next request on; how many sessions its limits ended.

        Raises:
            PolicyInvalid: it has mistakes: the last good one stays, and the trail tells.
            LedgerError: it cannot be recorded, so it does not come into force.
        """

    async def log_in(self, user: str | None, remember: bool = False) -> tuple[str, str, str]:
        """A session of `user` (None: the first that there is), remembered or not: its cookie's name and value, its id.

        Raises:
            ValueError: the guard has no dev login, nobody of that name or nobody who may have one more session, or a
                policy that remembers nobody; the message says so.
        """

    def counted(self) -> tuple[Counter[Decided], Latency]:
        """How many decisions of each kind there were since the start, and how long they took."""

    def versions(self) -> Mapping[str, str]:
        """What runs here, by name: nightlatch, mitmproxy, python …"""

    def database(self) -> Database:
        """What the ledger is kept in."""
