"""The questions that a ledger in SQL answers, whatever database it is: one text for SQLite and for PostgreSQL.

Of some ninety statements five differ between the two; those, the connection and its errors are for the classes that
derive from `SqlReader`. Knows the tables, not how they are changed. Every question is one statement, so each answer is
of one instant.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import ClassVar

from nightlatch.core.authentication import ProviderSession
from nightlatch.core.events import Chained, EventType
from nightlatch.core.session import Session, State
from nightlatch.ledger import federation, pruning, rows
from nightlatch.ledger.alerts_read import AlertQuestions
from nightlatch.ledger.chain_port import ChainBase, Link
from nightlatch.ledger.executing import Value
from nightlatch.ledger.gate_questions import FOREIGN, GateQuestions
from nightlatch.ledger.live_read import LiveQuestions
from nightlatch.ledger.policies_read import PolicyQuestions
from nightlatch.ledger.port import Changes, Decision
from nightlatch.ledger.presence_port import LedgerFacts

NAMED = 500
"""How many events are looked through for the sessions that they name; beyond that every session may have changed."""

EVERY_ONE = 2**62
"""A limit that is none."""

PAGE = 1000
"""How many events are read at a time: a long read must not keep the log from being folded back into the file."""

# Every piece put together here is a constant of this package; what a caller gives is always a bound parameter.
_SESSIONS = f"SELECT {rows.READ_SESSION} FROM sessions"
_NEWEST_FIRST = "ORDER BY started_at DESC, number DESC LIMIT ?"
# The flag is written out, as SQLite only then sees that an index of such sessions will do.
LIVE = "FROM sessions WHERE state = 'active' AND remembered = {flag} AND site ="
_RUN_OUT = (
    f"SELECT {rows.READ_SESSION}, {{since}}, number {LIVE} ? AND {{since}} <= ? AND ({{since}}, number) > (?, ?) "
    "ORDER BY {since}, number LIMIT ?"
)
"""Along an index; where a page ends the next one begins, whatever has been ended or touched in between."""
_EVENTS = f"SELECT {rows.EVENT_COLUMNS} FROM events"
_LAST_EVENT = (
    "SELECT happened_at FROM events WHERE id > coalesce((SELECT event FROM clock WHERE reset ORDER BY id DESC LIMIT 1)"
    ", 0) ORDER BY happened_at DESC LIMIT 1"
)


def last_active(remembered: int, hint: str = "") -> str:
    """What finds the latest activity of live sessions, of those that are remembered or the others: from site to site
    along their index, in place of a look at every one of them. `hint`: how the database is told to use it."""
    live = f"FROM sessions {hint} WHERE state = 'active' AND remembered = {remembered}"
    return (
        f"WITH RECURSIVE site(name) AS (SELECT min(site) {live} "
        f"UNION ALL SELECT (SELECT min(site) {live} AND site > name) FROM site WHERE name IS NOT NULL) "
        f"SELECT max((SELECT max(last_active_at) {LIVE.format(flag=remembered)} name)) FROM site"
    )


class SqlReader(GateQuestions, AlertQuestions, LiveQuestions, PolicyQuestions):
    """The part of `LedgerReader` that is the same in SQLite and PostgreSQL. Every method raises `LedgerError` when the
    ledger cannot be read."""

    LAST_ACTIVE: ClassVar[tuple[str, ...]]
    """What finds the latest activity of live sessions, without a look at every one of them."""
    SCHEMA: ClassVar[int]
    """Which schema this program reads."""

    @abstractmethod
    def last_link(self) -> int:
        """The id of the last event that was ever added."""

    def key(self) -> bytes:
        found = self.kept("key")
        if not found:
            raise self._unreadable(ValueError("its key is gone"))
        return found

    def kept(self, name: str) -> bytes | None:
        found = self._read(rows.blob_of, "SELECT value FROM settings WHERE name = ?", name)
        return found[0] if found else None

    def horizon(self) -> int:
        asked = (*self.LAST_ACTIVE, _LAST_EVENT)
        return max((latest for each in asked for latest in self._read(rows.latest_of, each)), default=0)

    def session(self, session_id: str) -> Session | None:
        found = self._sessions("WHERE id = ?", rows.storable(session_id))
        return found[0] if found else None

    def sessions(
        self, *, state: State | None = None, subject: str | None = None, limit: int | None = None
    ) -> Sequence[Session]:
        asked = [("state = ?", state and str(state)), ("subject = ?", subject and rows.storable(subject))]
        given = [(clause, value) for clause, value in asked if value is not None]
        where = f"WHERE {' AND '.join(clause for clause, _ in given)} " if given else ""
        count = EVERY_ONE if limit is None else max(0, limit)
        return self._sessions(f"{where}{_NEWEST_FIRST}", *(value for _, value in given), count)

    def match(self, prefix: str) -> Sequence[Session]:
        start = rows.storable(prefix)
        return self._sessions("WHERE id >= ? AND id < ? ORDER BY id LIMIT 10", start, f"{start}\U0010ffff")

    def idle_since(
        self, site: str, *, active_before: int, authenticated_before: int, at_once: int, remembered: bool = False
    ) -> Iterator[Sequence[Session]]:
        for since, until in (("last_active_at", active_before), ("authenticated_at", authenticated_before)):
            asked, place = _RUN_OUT.format(since=since, flag=int(remembered)), (-1, 0)
            while page := self._read(_placed, asked, site, until, *place, at_once):
                yield [session for session, _ in page]
                if len(page) < at_once:
                    break
                place = page[-1][1]

    def events(
        self, *, after: int = 0, types: Iterable[EventType] = (), since: int | None = None, session: str | None = None
    ) -> Iterator[Chained]:
        wanted, values = _wanted(tuple(types), since, session)
        if since is not None:
            after = max(after, self._first_event(since) - 1)
        return self._chained(self._links(after, wanted, values))

    def _chained(self, links: Iterable[Link]) -> Iterator[Chained]:
        for link in links:
            try:
                yield rows.chained_of(link)
            except FOREIGN as error:
                raise self._unreadable(error) from error

    def _first_event(self, since: int) -> int:
        """Where to begin, so that the whole history need not be read for its last minutes."""
        (first,) = self._ask("SELECT min(id) FROM events WHERE happened_at >= ?", since)[0]
        return first or 0

    def links(self) -> Iterator[Link]:
        return self._links(0, "", ())

    def _links(self, after: int, wanted: str, values: tuple[object, ...]) -> Iterator[Link]:
        statement = f"{_EVENTS} WHERE id > ? {wanted} ORDER BY id LIMIT {PAGE}"
        while page := self._ask(statement, after, *values):
            yield from map(rows.link_of, page)
            after = page[-1][0]

    def link(self, event_id: int) -> Link | None:
        found = self._ask(f"{_EVENTS} WHERE id = ?", event_id)
        return rows.link_of(found[0]) if found else None

    def chain_base(self) -> ChainBase:
        found = self._read(pruning.base_of, "SELECT value FROM settings WHERE name = ?", pruning.BASE)
        return found[0] if found else ChainBase()

    def last_before(self, instant: int) -> int:
        (first,) = self._ask("SELECT min(id) FROM events WHERE happened_at >= ?", instant)[0]
        until = self.last_link() if first is None else first - 1
        return max(until, 0)

    def decision(self, decision_id: str) -> Decision | None:
        found = self._decisions("WHERE id = ?", rows.storable(decision_id))
        return found[0] if found else None

    def decisions(self, session_id: str) -> Sequence[Decision]:
        return self._decisions("WHERE session = ? ORDER BY position", rows.storable(session_id))

    def decision_log(self) -> Iterator[Decision]:
        after = -1
        while page := self.decisions_after(after, PAGE):
            yield from (decision for _, decision in page)
            after = page[-1][0]

    def issues(self, site: str, cookie: str) -> bool:
        return bool(self._ask("SELECT 1 FROM issuers WHERE site = ? AND cookie = ?", site, rows.storable(cookie)))

    def live_sessions(self, site: str, subject: str) -> Sequence[Session]:
        return self._read(rows.session_of, federation.OF_SUBJECT, site, rows.storable(subject))

    def provider_session(self, session_id: str) -> ProviderSession | None:
        found = self._read(ProviderSession._make, federation.CALLED, rows.storable(session_id))
        return found[0] if found else None

    def started_by(self, mark: bytes) -> Sequence[Session]:
        return self._read(rows.session_of, federation.STARTED, mark, mark)

    def spent(self, site: str, subject: bytes) -> int | None:
        asked = (federation.SPENT, federation.SPENT_LONG_AGO)
        found = (row[0] for each in asked for row in self._ask(each, subject, site))
        return max((at for at in found if at is not None), default=None)

    def barred(self, mark: bytes) -> bool:
        return bool(self._ask(federation.BARRED, mark))

    def changes(self, after: int) -> Changes:
        found = self._ask("SELECT id, session FROM events WHERE id > ? ORDER BY id LIMIT ?", after, NAMED)
        if len(found) == NAMED:
            return Changes(self.last_link(), None)
        named = frozenset(session for _, session in found if session is not None)
        return Changes(found[-1][0] if found else after, named)

    def facts(self) -> LedgerFacts:
        sessions: dict[str, int] = dict(self._ask("SELECT state, count(*) FROM sessions GROUP BY state"))
        ((events,),) = self._ask("SELECT count(*) FROM events")
        return LedgerFacts(self._name, self.SCHEMA, sessions, events, self.space().bytes)

    def _sessions(self, clause: str, *values: object) -> list[Session]:
        return self._read(rows.session_of, f"{_SESSIONS} {clause}", *values)

    def _decisions(self, clause: str, *values: object) -> list[Decision]:
        return self._read(rows.decision_of, f"SELECT {rows.DECISION_COLUMNS} FROM decisions {clause}", *values)

    def _ask(self, statement: str, *values: object) -> list[rows.Row]:
        return self._read(tuple, statement, *values)

    def _read(self, convert: Callable[[rows.Row], Value], statement: str, *values: object) -> list[Value]:
        try:
            return [convert(row) for row in self._execute(statement, values).fetchall()]
        except self.ERRORS as error:
            raise self._unreadable(error) from error


def _placed(row: rows.Row) -> tuple[Session, tuple[int, int]]:
    """A session, and where it stands in the order of `_RUN_OUT`."""
    return rows.session_of(row), row[-2:]


def _wanted(types: tuple[EventType, ...], since: int | None, session: str | None) -> tuple[str, tuple[object, ...]]:
    """The conditions of a question for events, and their values."""
    asked: list[tuple[str, tuple[object, ...]]] = []
    if types:
        asked.append((f"AND type IN ({', '.join('?' * len(types))})", tuple(map(str, types))))
    if since is not None:
        asked.append(("AND +happened_at >= ?", (since,)))  # the plus: walk by id, as the order asks
    if session is not None:
        asked.append(("AND session = ?", (rows.storable(session),)))
    return " ".join(clause for clause, _ in asked), tuple(value for _, values in asked for value in values)
