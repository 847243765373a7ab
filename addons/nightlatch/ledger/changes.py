"""The changes that a ledger in SQL makes, whatever database it is: one text for SQLite and for PostgreSQL. Whether a
session may still be changed is decided by the statement that changes it, never by an earlier look.

Knows the tables; how a transaction is begun, and what it waits for, is for the classes that derive from `SqlWriter`.
Does not know when a session ought to end.
"""

import contextlib
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager

from nightlatch.core.authentication import Authentication, ProviderSession
from nightlatch.core.events import Event, EventType
from nightlatch.core.session import End, Session, State
from nightlatch.core.warp import Segment
from nightlatch.ledger import federation, pruning, rows
from nightlatch.ledger.alerts_write import END, AlertChanges
from nightlatch.ledger.chain import append
from nightlatch.ledger.executing import Rows, Values
from nightlatch.ledger.forgetting import Forgetting
from nightlatch.ledger.policies_write import PolicyWriting
from nightlatch.ledger.port import Decision, Guard, Hold, Overtaken, Touch

DECISIONS_KEPT = 50_000
"""The bound of the decision log, in rows."""

# Every piece put together here is a constant of this package; what a caller gives is always a bound parameter.
_CREATE = f"INSERT INTO sessions ({rows.OWN_COLUMNS}) VALUES ({', '.join('?' * rows.SESSION_WIDTH)})"
_ISSUE = (
    "INSERT INTO credentials (fingerprint, session, issued_at) SELECT :fingerprint, number, :at FROM sessions "
    "WHERE id = :session AND NOT EXISTS (SELECT 1 FROM credentials WHERE fingerprint = :fingerprint) "
    "AND NOT EXISTS (SELECT 1 FROM tombstones WHERE fingerprint = :fingerprint)"
)
_REISSUE = (
    "UPDATE credentials SET session = (SELECT number FROM sessions WHERE id = :session), issued_at = :at, "
    "replaced_at = NULL, grace_until_at = NULL WHERE fingerprint = :fingerprint AND EXISTS "
    "(SELECT 1 FROM sessions s WHERE s.number = credentials.session AND s.state <> 'active')"
)
_REPLACE = (
    "UPDATE credentials SET replaced_at = :at, grace_until_at = :grace WHERE fingerprint = :old "
    "AND replaced_at IS NULL AND session = (SELECT number FROM sessions WHERE id = :session AND state = 'active')"
)
_ACTIVE = (
    "UPDATE sessions SET last_active_at = :last_active_at "
    "WHERE id = :session AND state = 'active' AND last_active_at < :last_active_at"
)
# The wider gap wins, of equals the earlier; one from before the last authentication stays forgotten.
_GAP = (
    "UPDATE sessions SET gap = :gap, gap_from_at = :gap_from_at WHERE id = :session AND state = 'active' "
    "AND (gap < :gap OR (gap = :gap AND gap_from_at > :gap_from_at)) "
    "AND :gap_from_at >= coalesce(reauthenticated_at, :gap_from_at)"
)
_REAUTHENTICATE = (
    "UPDATE sessions SET reauthenticated_at = :at, gap = 0, gap_from_at = :at, step_up_at = NULL, "
    "last_active_at = CASE WHEN last_active_at < :at THEN :at ELSE last_active_at END "
    "WHERE id = :session AND state = 'active'"
)
_STILL = "UPDATE sessions SET last_active_at = last_active_at WHERE id = :session AND state = 'active'"
_STRENGTH = "UPDATE sessions SET groups = :groups, amr = :amr, acr = :acr WHERE id = :session"
_ORDER = "UPDATE sessions SET expire_when = ? WHERE id = ? AND state = 'active'"
_HOLD = (
    "INSERT INTO holds (exchange, session, pid, started_at, idle) VALUES (?, ?, ?, ?, ?) ON CONFLICT (exchange) "
    "DO UPDATE SET session = excluded.session, pid = excluded.pid, started_at = excluded.started_at, "
    "idle = excluded.idle"
)
_LOG = f"INSERT INTO decisions ({rows.DECISION_COLUMNS}) VALUES ({', '.join('?' * 15)}) ON CONFLICT (id) DO NOTHING"
_ISSUER = "INSERT INTO issuers (site, cookie) VALUES (?, ?) ON CONFLICT (site, cookie) DO NOTHING"
_KEEP = "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"
_TRIM = "DELETE FROM decisions WHERE position <= (SELECT max(position) FROM decisions) - ?"
_MOVE = "INSERT INTO clock (wall_at, warped_at, frozen, reset, event) VALUES (?, ?, ?, ?, ?)"
_ANNOUNCE = f"INSERT INTO guards ({rows.GUARD_COLUMNS}) VALUES ({', '.join('?' * 11)})"


class SqlWriter(AlertChanges, PolicyWriting, Forgetting):
    """The part of `LedgerWriter` that is the same in SQLite and PostgreSQL. Every method raises `LedgerError` when the
    ledger cannot be written; then nothing of the change is in it."""

    @contextlib.contextmanager
    def _change(self, *, durable: bool = True) -> Iterator[None]:
        with self._explained():
            try:
                self._begin(durable)
                yield
                if self._connection.in_transaction:
                    self._commit()
            finally:
                if self._connection.in_transaction:
                    self._execute("ROLLBACK")

    @abstractmethod
    def _explained(self) -> AbstractContextManager[None]:
        """Within it, what the database raises becomes a `LedgerError`."""

    @abstractmethod
    def _begin(self, durable: bool) -> None:
        """Begin a transaction, as the only one that writes."""

    def _commit(self) -> None:
        self._execute("COMMIT")

    @abstractmethod
    def _unbound(self) -> AbstractContextManager[None]:
        """Outside a transaction; within it events can be removed that other rows name."""

    def _looked_for(self, statement: str, *values: object) -> list[rows.Row]:
        with self._explained():
            return self._execute(statement, values).fetchall()

    def create(
        self,
        session: Session,
        fingerprint: bytes,
        events: Iterable[Event],
        *,
        reissue: bool = False,
        provider: ProviderSession | None = None,
    ) -> bool:
        names = {"fingerprint": fingerprint, "session": session.id, "at": session.started_at}
        with self._change():
            self._execute(_CREATE, rows.row_of(session))
            if reissue:
                self._execute("DELETE FROM tombstones WHERE fingerprint = ?", (fingerprint,))
            issued = self._changed(_ISSUE, names) or (reissue and self._changed(_REISSUE, names))
            federation.note(self._connection, session.id, provider)
            return self._settle(issued, events)

    def end(self, session_id: str, end: End, event: Event) -> bool:
        with self._change():
            return self._settle(self._changed(f"{END} AND id = ?", (*_ending(end), session_id)), [event])

    def end_each(self, endings: Sequence[tuple[str, End, Event]]) -> int:
        with self._change():
            ended = [
                event
                for session_id, end, event in endings
                if self._changed(f"{END} AND id = ?", (*_ending(end), session_id))
            ]
            append(self._connection, ended)
            return len(ended)

    def end_all(self, site: str | None, end: End, policy: str) -> int:
        with self._change():
            return self._end_live(site, end, policy)

    def _end_live(self, site: str | None, end: End, policy: str) -> int:
        """Within a transaction: end the live sessions, of one site or all; how many."""
        where, values = ("", ()) if site is None else (" AND site = ?", (site,))
        found = self._execute(
            f"SELECT id, subject, network, agent FROM sessions WHERE state = 'active'{where}",
            values,
        ).fetchall()
        self._execute(f"{END}{where}", (*_ending(end), *values))
        kind, detail = EventType.SESSION_ENDED, {"reason": end.reason}
        append(
            self._connection,
            (Event(kind, end.at, key, who, network, agent, policy, detail) for key, who, network, agent in found),
        )
        return len(found)

    def order_expiry(self, session_id: str, when: str | None) -> bool:
        with self._change():
            return self._settle(self._changed(_ORDER, (when, session_id)), [])

    def hold(self, holds: Iterable[Hold]) -> None:
        with self._change(durable=False):
            self._connection.executemany(_HOLD, list(holds))

    def release(self, exchanges: Iterable[str]) -> None:
        with self._change(durable=False):
            self._connection.executemany("DELETE FROM holds WHERE exchange = ?", [(each,) for each in exchanges])

    def touch(self, touches: Iterable[Touch]) -> None:
        values = [touch._asdict() for touch in touches]
        with self._change(durable=False):
            self._connection.executemany(_ACTIVE, values)
            self._connection.executemany(_GAP, values)

    def rotate(self, session_id: str, old: bytes, new: bytes, at: int, grace_until: int, event: Event) -> bool:
        with self._change():
            return self._settle(self._replace(session_id, old, new, at, grace_until), [event])

    def attach(self, session_id: str, fingerprint: bytes, at: int, event: Event | None = None) -> bool:
        names = {"fingerprint": fingerprint, "session": session_id, "at": at}
        with self._change():
            return self._settle(
                self._changed(f"{_ISSUE} AND state = 'active'", names), [] if event is None else [event]
            )

    def reauthenticate(
        self,
        session_id: str,
        old: bytes,
        new: bytes,
        at: int,
        events: Iterable[Event],
        *,
        grace: int = 0,
        authentication: Authentication | None = None,
        anew: bool = True,
    ) -> bool:
        with self._change():
            replaced = old == new or self._replace(session_id, old, new, at, at + grace)
            done = replaced and self._changed(_REAUTHENTICATE if anew else _STILL, {"session": session_id, "at": at})
            if done and authentication is not None:
                self._execute(_STRENGTH, {"session": session_id, **rows.strength_of(authentication)})
                federation.note(self._connection, session_id, authentication.provider)
            return self._settle(done, events)

    def bar(self, mark: bytes, kind: str, at: int) -> bool:
        with self._change():
            return self._execute(federation.BAR, (mark, kind, at)).rowcount == 1

    def _replace(self, session: str, old: bytes, new: bytes, at: int, grace: int) -> bool:
        """Within a transaction: `new` in place of `old`; False when `old` is not current or `new` is known."""
        replaced = self._changed(_REPLACE, {"old": old, "session": session, "at": at, "grace": grace})
        return replaced and self._changed(_ISSUE, {"fingerprint": new, "session": session, "at": at})

    def record(self, events: Iterable[Event]) -> None:
        with self._change():
            append(self._connection, events)

    def prune(self, until: int, at: int, policy: str) -> int:
        return pruning.prune(pruning.Place(self._connection, self._change, self._unbound), until, at, policy)

    def log(self, decisions: Sequence[Decision]) -> None:
        with self._change(durable=False):
            self._connection.executemany(_LOG, rows.decision_rows(decisions))
            self._execute(_TRIM, (DECISIONS_KEPT,))

    def mark_issuer(self, site: str, cookie: str) -> None:
        with self._change():
            self._execute(_ISSUER, (site, rows.storable(cookie)))

    def warp(self, segment: Segment, event: Event) -> None:
        """Raises also when another process moved the clock further meanwhile: this would move it back."""
        with self._change():
            newest = self._execute("SELECT wall_at, warped_at, frozen FROM clock ORDER BY id DESC LIMIT 1").fetchone()
            current = Segment(*newest) if newest else Segment(segment.wall_at, segment.wall_at)
            if segment.warped_at < max(current.warped_at, current.at(segment.wall_at)):
                raise Overtaken("The clock was moved by somebody else at the same moment. Give the command again.")
            self._execute(_MOVE, (*segment, False, append(self._connection, [event])))

    def reset(self, wall: int, event: Event) -> int:
        with self._change():
            count = self._end_live(None, End(event.at, "reset"), event.policy)
            self._execute(_MOVE, (wall, wall, False, True, append(self._connection, [event])))
            return count

    def announce(self, guard: Guard) -> None:
        with self._change():
            self._make_way(guard)
            self._execute(_ANNOUNCE, rows.guard_row(guard))

    def _make_way(self, guard: Guard) -> None:
        """Within a transaction: take out whom `guard` takes the place of."""
        self._execute("DELETE FROM guards WHERE url = ?", (guard.url,))

    def keep(self, name: str, value: bytes) -> None:
        with self._change():
            self._execute(_KEEP, (name, value))

    def probe(self) -> None:
        with self._change():
            self._execute("UPDATE settings SET value = value WHERE name = 'key'")

    def _settle(self, done: bool, events: Iterable[Event]) -> bool:
        """Close a change: with its events when it was made, else as though it had not been tried."""
        if done:
            append(self._connection, events)
        else:
            self._execute("ROLLBACK")
        return done

    def _changed(self, statement: str, values: Values) -> bool:
        return self._execute(statement, values).rowcount == 1

    def _execute(self, statement: str, values: Values = ()) -> Rows:
        return self._connection.execute(statement, values)


def _ending(end: End) -> rows.Row:
    state = State.EXPIRED if end.reason == "expired" else State.ENDED
    return rows.ending_of(state, end)
