"""Sessions, events and the like for the ledger's tests: what matters is given, the rest is filled in."""

from pathlib import Path
from typing import Any

from nightlatch.core.alert import Finding
from nightlatch.core.events import Event, EventType
from nightlatch.core.session import End, Session
from nightlatch.ledger.port import Decision, Guard
from nightlatch.ledger.writer import open_writer

SITE = "http://localhost:3000"
OTHER_SITE = "http://localhost:4000"
T0 = 1_700_000_000_000_000
SECOND = 1_000_000


def a_session(key: str = "s1", at: int = T0, **more: Any) -> Session:
    """A live session that started at `at`."""
    times = {"started_at": at, "authenticated_at": at, "last_active_at": at, "gap_from_at": at}
    return Session(**{"id": key, "site": SITE, "subject": "alice", "source": "nightlatch", **times, **more})


def an_event(kind: EventType = EventType.SESSION_CREATED, at: int = T0, **more: Any) -> Event:
    """An audit event."""
    return Event(**{"type": kind, "at": at, "session": "s1", "policy": "v1", **more})


def a_trail(path: Path, many: int) -> Path:
    """A ledger at `path` with so many events, each of a session of its own."""
    writer = open_writer(path)
    for number in range(many):
        writer.record([an_event(at=T0 + number, session=f"s{number}")])
    writer.close()
    return path


def logout(at: int) -> End:
    """An end by the person."""
    return End(at, "logout")


def timeout(at: int) -> End:
    """An end by the idle clock."""
    return End(at, "expired", "idle", 900 * SECOND, 1000 * SECOND, "admin", at - 1000 * SECOND)


def a_decision(key: str, session: str | None = "s1", **more: Any) -> Decision:
    """A line of the decision log."""
    return Decision(
        **{
            **{"id": key, "at": T0, "site": SITE, "session": session, "method": "GET", "host": "localhost"},
            **{"path": "/", "verdict": "allow", "reason": "live", "clock": None, "limit": None, "elapsed": None},
            **{"rule": None, "activity": True, "policy": "v1"},
            **more,
        }
    )


def a_guard(url: str, at: int = T0) -> Guard:
    """A guard that announced itself."""
    return Guard(SITE, url, "nightlatch-8080", "nightlatch", "dev", ("alice", "bob:admins"), "default", 42, at)


def a_finding(key: str = "s1", at: int = T0, **more: Any) -> Finding:
    """Something that a detector found about the session `key`."""
    about = {"session": key, "subject": "alice", "network": "10.0.0.0/24", "agent": "curl"}
    return Finding(**{"detector": "refresh_storm", "key": key, "at": at, "why": "ten refreshes", **about, **more})
