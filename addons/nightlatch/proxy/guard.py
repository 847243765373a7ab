"""The guard at work: what it was told, and what it holds open. One instance per proxy; the hooks pass it around.

It reads the ledger on the event loop and hands every write to the writer's thread. It knows nothing of HTTP flows.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, TypeVar

from nightlatch.clock import WarpedClock
from nightlatch.core.events import Event, EventType
from nightlatch.core.headers import CookiePlace
from nightlatch.core.identity import Identity, Presented
from nightlatch.core.matching import shortest_idle
from nightlatch.core.policy import Policy
from nightlatch.core.remembering import run_out_at
from nightlatch.core.request import RequestView
from nightlatch.core.session import End, Session, State
from nightlatch.identity.extract import Reading, SourceKind, identify_cookie
from nightlatch.identity.fingerprint import new_decision_prefix
from nightlatch.identity.vouching import Voucher
from nightlatch.ledger.behind import WriteBehind
from nightlatch.ledger.port import Found, Hold, LedgerError, LedgerReader, LedgerWriter
from nightlatch.proxy.active import ActiveExchanges
from nightlatch.proxy.alike import Connections
from nightlatch.proxy.counted_events import CountedEvents
from nightlatch.proxy.holds import held_elsewhere
from nightlatch.proxy.personal import PersonalSessions
from nightlatch.proxy.settings import Settings
from nightlatch.proxy.telling import Telling

T = TypeVar("T")

AT_ONCE = 500
"""How many sessions are ended in one transaction: whoever else writes waits for it."""

_REMEMBERED = 4096


@dataclass(slots=True)
class Guard(Telling):
    """Settings, ledger, clock. `policy` is the one in force."""

    settings: Settings
    policy: Policy
    reader: LedgerReader
    behind: WriteBehind
    clock: WarpedClock
    key: bytes
    voucher: Voucher
    """Signs what the application is told of people."""
    active: ActiveExchanges = field(default_factory=ActiveExchanges)
    cookie_place: CookiePlace = field(default_factory=CookiePlace)
    """Where the application's cookie was seen to live, so that it can be deleted there (law of trust 6)."""
    demanded: dict[str, int] = field(default_factory=dict)
    """Sessions of which an alert asked a fresh login or the end, since when; until that is in the ledger."""
    after_events: Callable[["asyncio.Future[Any]"], None] | None = None
    """Called once events of this guard are on disk."""
    counted: CountedEvents = field(default_factory=CountedEvents)
    """What anybody can cause, and is told in groups when it is much."""
    connections: Connections = field(default_factory=Connections)
    """What requests of open connections have in common."""
    personal: PersonalSessions = field(init=False)
    _tokens: set[bytes] = field(default_factory=set)
    _readings: dict[tuple[str, str], Reading] = field(default_factory=dict)
    _told: dict[tuple[EventType, str], int] = field(default_factory=dict)
    _issuers: set[str] = field(default_factory=set)
    _prefix: str = field(default_factory=new_decision_prefix)
    _count: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.personal = PersonalSessions(self.reader, self.key)

    def check(self) -> None:
        """Raise LedgerError while writes fail, or when the ledger is gone: what cannot be recorded does not pass
        (DESIGN §3), and an end that another process writes into a new file would never be seen."""
        if self.behind.failure is not None:
            raise LedgerError(self.behind.failure)
        self.reader.still_there()

    def identify_at_once(self, request: RequestView, site: str, cookie: str) -> Presented | None:
        """Who `request` says it is, where it takes no clock; None for tokens, which have times of their own."""
        reading = self.reading(site, cookie)
        return None if reading.source.kind.is_token else identify_cookie(request, reading, self._adopts(site))

    def reading(self, site: str, cookie: str) -> Reading:
        """How credentials of `site` are read, where nightlatch's own cookie is called `cookie`."""
        known = self._readings.get((site, cookie))
        if known is None:
            source = self.settings.source
            if source.kind is SourceKind.NIGHTLATCH:
                source = source._replace(name=cookie)
            welcome = self.settings.login.kind == "self"
            known = Reading(source, self.key, site, self.settings.verifier, welcome)
            self._readings[site, cookie] = known
        return known

    def _adopts(self, site: str) -> bool:
        """Whether unknown values of the application's cookie become sessions (law of trust 4), as far as this guard
        knows without asking."""
        if self.settings.source.kind is not SourceKind.COOKIE or self.settings.adopt != "until-issued":
            return self.settings.adopt == "any"
        return site not in self._issuers

    def still_adoptable(self, identity: Identity, site: str) -> Identity:
        """`identity`, which the ledger does not know, unless its site has come to issue cookies itself: asked only
        here, so that nobody pays for it whose session is known.

        Raises:
            LedgerError: the ledger cannot be asked.
        """
        if not identity.adoptable or self.settings.adopt != "until-issued":
            return identity
        return identity._replace(adoptable=not self.issues(site))

    def issues(self, site: str) -> bool:
        """Whether the application of `site` has been seen to issue cookies itself; asked until it has.

        Raises:
            LedgerError: the ledger cannot be asked.
        """
        if site not in self._issuers and self.reader.issues(site, self.settings.source.name):
            self._issuers.add(site)
        return site in self._issuers

    def find(self, identity: Presented, now: int) -> Found | None:
        """The session of a credential as it stands at `now`: the ledger's record, with what is not yet written."""
        if not isinstance(identity, Identity):
            return None
        return self.as_it_stands(self.reader.find(identity.fingerprint), now)

    def as_it_stands(self, found: Found | None, now: int) -> Found | None:
        """What was just read, with what is not yet written."""
        if found is None:
            return None
        session = self.current(found.session, now, found.holds)
        return found if session is found.session else found._replace(session=session)

    def current(self, session: Session, now: int, holds: Iterable[Hold] | None = None) -> Session:
        """`session` with pending touches and running exchanges laid over it; those of other guards only where they
        could make a difference, so that nobody else pays for asking. `holds`: those that were read with it."""
        if session.state is not State.ACTIVE:
            return session
        if self.demanded and session.id in self.demanded:
            session = session._replace(step_up_at=session.step_up_at or self.demanded[session.id])
        session = self.active.cover(self.behind.overlay(session), now)
        shortest = shortest_idle(self.policy)
        if shortest is not None and now - session.last_active_at >= shortest:
            return held_elsewhere(self.reader, session, now, holds)
        return session

    def run_out(self, session: Session, now: int) -> End | None:
        """How `session`, live in the ledger, has ended by `now` although nobody has ended it yet; None while it lives
        under some rule (law 8)."""
        end = run_out_at(session, self.policy)
        return end if end is not None and end.at <= now else None

    def has_company(self, site: str) -> bool:
        """Whether another guard serves `site` on this ledger: a touch of its may not be written down yet."""
        others = (guard for guard in self.reader.guards() if guard.pid != self.reader.process())
        return any(guard.site == site and self.reader.runs(guard.pid) for guard in others)

    def write(self, call: Callable[[LedgerWriter], T]) -> Awaitable[T]:
        """Do `call` on the writer's thread; done means durable. Raises LedgerError when awaited."""
        written = asyncio.wrap_future(self.behind.submit(call))
        if self.after_events is not None:
            written.add_done_callback(self.after_events)
        return written

    async def end(self, session: Session, end: End) -> Session:
        """End `session` durably, whoever else may have ended it meanwhile, and return it as it then stands."""
        event = self.end_event(session, end)
        await self.write(lambda writer: writer.end(session.id, end, event))
        return self.reader.session(session.id) or session

    async def end_each(self, endings: Sequence[tuple[str, End, Event]]) -> int:
        """End sessions, by id, each with its event, in few transactions; how many of them lived until then."""
        steps = (endings[start : start + AT_ONCE] for start in range(0, len(endings), AT_ONCE))
        return sum([await self.write(partial(_end_some, some)) for some in steps])

    def knows_token(self, token_id: bytes) -> bool:
        """Whether this very token has been written down with its session; asks the ledger once a token."""
        if self.has_met(token_id):
            return True
        if self.reader.find(token_id) is None:
            return False
        self.remember_token(token_id)
        return True

    def has_met(self, token_id: bytes) -> bool:
        """Whether this guard knows, without asking, that this very token has been written down."""
        return token_id in self._tokens

    def remember_token(self, token_id: bytes) -> None:
        """This token has been written down with its session."""
        if len(self._tokens) >= _REMEMBERED:
            self._tokens.clear()
        self._tokens.add(token_id)


def _end_some(some: Sequence[tuple[str, End, Event]], writer: LedgerWriter) -> int:
    return writer.end_each(some)
