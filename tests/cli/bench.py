"""A ledger to try commands on, and `nightlatch` itself, in this process and as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from typer.testing import CliRunner, Result

from nightlatch.clock import wall_now
from nightlatch.core.events import Event, EventType
from nightlatch.core.policy import MINUTE
from nightlatch.core.session import Session
from nightlatch.identity.fingerprint import new_credential, new_session_id
from nightlatch.ledger.port import Decision, Guard, LedgerReader
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer
from nightlatch.presets import load_policy
from nightlatch_cli.app import app

ROOT = Path(__file__).parents[2]
SITE = "http://127.0.0.1:3000"
POLICY = load_policy("default")


def nightlatch(*args: str | Path, env: dict[str, str] | None = None) -> Result:
    """`nightlatch ARGS…` in this process."""
    return CliRunner().invoke(app, [str(arg) for arg in args], env=env, prog_name="nightlatch")


def spawn(*args: str | Path, code: str | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
    """`nightlatch ARGS…`, or Python `code` with its packages, as a process."""
    command = [sys.executable, *(("-c", code) if code else ("-m", "nightlatch_cli")), *map(str, args)]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60, **options)


def environment() -> dict[str, str]:
    """That of this process, with the checkout's packages and without settings of nightlatch's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NIGHTLATCH_")}
    return {**kept, "PYTHONPATH": os.pathsep.join((str(ROOT / "addons"), str(ROOT / "cli")))}


class Bench(NamedTuple):
    """A ledger on which a guard with the default policy has announced itself."""

    path: Path

    def announce(self, **changes: Any) -> Guard:
        """A guard announces itself; its site is `SITE` unless changed."""
        url, pid = "http://127.0.0.1:8080", os.getpid()
        guard = Guard(SITE, url, "nightlatch-8080", "nightlatch", "dev", (), "default", pid, wall_now())
        writer = open_writer(self.path)
        writer.announce(guard._replace(**changes))
        writer.close()
        return guard._replace(**changes)

    def load_policy(self, text: str, name: str, version: str = "f" * 12) -> None:
        """A policy comes into force."""
        writer = open_writer(self.path)
        writer.policy(name, version, text, wall_now())
        writer.close()

    def session(self, session_id: str = "", **changes: Any) -> Session:
        """A session begins, now unless changed."""
        now = changes.get("started_at", wall_now())
        name = session_id or new_session_id()
        session = Session(name, SITE, "ada", "nightlatch", now, now, now, now)._replace(**changes)
        writer = open_writer(self.path)
        writer.create(session, new_credential().encode()[:16], [self.event(EventType.SESSION_CREATED, session)])
        writer.close()
        return session

    def event(self, type_: EventType, session: Session, at: int | None = None, **detail: Any) -> Event:
        """An event of `session`."""
        at = session.started_at if at is None else at
        return Event(type_, at, session.id, session.subject, "10.0.0.0/24", "Firefox", POLICY.version, detail)

    def record(self, *events: Event) -> None:
        """Events are added to the audit trail."""
        writer = open_writer(self.path)
        writer.record(events)
        writer.close()

    def decide(self, decisions: Iterable[Decision]) -> None:
        """Decisions are logged."""
        writer = open_writer(self.path)
        writer.log(tuple(decisions))
        writer.close()

    @contextmanager
    def asked(self) -> Iterator[LedgerReader]:
        """The ledger, to be asked."""
        reader = open_reader(self.path)
        try:
            yield reader
        finally:
            reader.close()

    def stored(self, session_id: str) -> Session:
        """A session as the ledger has it now."""
        with self.asked() as reader:
            found = reader.session(session_id)
        assert found is not None
        return found

    def trail(self, session_id: str | None = None) -> list[Event]:
        """The events (of a session), oldest first."""
        with self.asked() as reader:
            return [chained.event for chained in reader.events(session=session_id)]


def decision(session: Session, name: str, at: int, path: str = "/", **changes: Any) -> Decision:
    """An allowed GET that counts as activity, unless changed."""
    first = Decision(
        name, at, SITE, session.id, "GET", "127.0.0.1", path, "allow", "live", *(None,) * 4, True, "f" * 12
    )
    return first._replace(**changes)


LONG_AGO = 40 * MINUTE
