"""PostgreSQL servers under stress: one of the run's own, which can be killed as a whole, or somebody's, of which only
connections can be cut. Both wait for their disk.

Knows how to harm a server and when it is there again; knows nothing of sessions.
"""

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Iterator

import psycopg
from tests.ledger.gate import until
from tests.ledger.postgres.server import Server, a_server

from nightlatch.ledger.address import ServerAddress

DURABLE = {"fsync": "on", "full_page_writes": "on", "autovacuum": "on"}
STOPPED, CRASHED, CUT = "stopped at once", "a process of its killed", "all connections cut"
DOWN = 0.6
"""Seconds for which a server that was stopped is down, at most."""
_OF = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


class Target:
    """Somebody's server, where the ledger is at `url` in a schema of the run's own."""

    WAYS: tuple[str, ...] = (CUT,)

    def __init__(self, url: str) -> None:
        self.url, self._address = url, ServerAddress(url)

    def harm(self, way: str, dice: random.Random, meanwhile: Callable[[], None]) -> None:
        """Do it, and return once the server answers again. `meanwhile` is called while it certainly does not."""
        mine = f"SELECT pg_terminate_backend(pid, 5000) FROM ({_OF} AND usename = current_user) AS of_mine"
        for _ in range(dice.randint(1, 5)):
            self.ask(mine)
            time.sleep(dice.uniform(0, 0.05))

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        """One statement, on a connection of its own."""
        with self.connect() as connection:
            found = connection.execute(statement)
            return found.fetchall() if found.description else []

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection beside those of guards and commands."""
        return psycopg.connect(self._address.url, autocommit=True)

    def forget(self) -> None:
        """Take the ledger away."""
        self.ask(f"DROP SCHEMA IF EXISTS {self._address.schema} CASCADE")


class OwnTarget(Target):
    """A ledger on a server of the run's own."""

    WAYS = (STOPPED, CRASHED, CUT)

    def __init__(self, server: Server, name: str) -> None:
        super().__init__(server.url(name))
        self._server = server

    def harm(self, way: str, dice: random.Random, meanwhile: Callable[[], None]) -> None:
        if way == STOPPED:
            self._server.stop()
            meanwhile()
            time.sleep(dice.uniform(0, DOWN))
            self._server.start(**DURABLE)
        elif way == CRASHED:
            before = frozenset(int(str(pid)) for (pid,) in self._server.ask(_OF))
            with contextlib.suppress(ProcessLookupError):
                os.kill(dice.choice(sorted(before)), signal.SIGKILL)
            until(lambda: not self._any_left(before))
        else:
            super().harm(way, dice, meanwhile)

    def _any_left(self, before: frozenset[int]) -> bool:
        """Whether any of these processes still serves a connection, as far as the server answers at all."""
        try:
            return any(int(str(pid)) in before for (pid,) in self._server.ask(_OF))
        except psycopg.OperationalError:
            return True


@contextlib.contextmanager
def target(url: str | None, name: str) -> Iterator[Target]:
    """Where a ledger called `name` is to be: at `url`, or else on a server that lives as long as the block."""
    if url is None:
        with a_server(**DURABLE) as server:
            yield OwnTarget(server, name)
        return
    address = ServerAddress(url)
    found = Target(f"{address.url}{'&' if '?' in address.url else '?'}schema=crash_{name}")
    found.forget()
    yield found
    found.forget()
