"""A PostgreSQL server of this test run's own: made when it is first asked for, on a socket in a folder of its own, and
gone with the process that started it, however that ends.

Outside continuous integration tests that need one are skipped where PostgreSQL is not installed; in it they fail.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.ledger.gate import until

USER = "nightlatch"
_QUICK = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "log_min_messages": "fatal",
}
_ACCESS = "local all locked scram-sha-256\nlocal all all trust\n"


class Server:
    """A server, running unless it was stopped."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries, self.folder = binaries, folder
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, name: str, user: str = USER) -> str:
        """Where a ledger called `name` is, or is to be."""
        schema = "t" + hashlib.sha256(name.encode()).hexdigest()[:20]
        return f"postgresql://{user}@/postgres?host={self.folder}&schema={schema}"

    def make(self) -> None:
        """Make the cluster."""
        options = ["-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        subprocess.run(
            [*_as_nobody(), self._binaries / "initdb", "-D", self._data, *options], check=True, capture_output=True
        )
        (self._data / "pg_hba.conf").write_text(_ACCESS)

    def start(self, **settings: str) -> None:
        """Start it, and wait until it answers."""
        set_to = [f"-c{name}={value}" for name, value in {**_QUICK, **settings}.items()]
        command = [
            *_as_nobody(),
            *map(str, (self._binaries / "postgres", "-D", self._data, "-k", self.folder)),
            *set_to,
        ]
        log = (self.folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until(self.answers)

    def stop(self) -> None:
        """Stop it at once, as a crash would."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(3)
            self._process.wait(30)
            self._process = None

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        """One statement of the superuser's."""
        with psycopg.connect(self.superuser, autocommit=True) as connection:
            found = connection.execute(statement)
            return found.fetchall() if found.description else []

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def superuser(self) -> str:
        return f"postgresql://{USER}@/postgres?host={self.folder}&connect_timeout=2"

    def answers(self) -> bool:
        assert self._process is not None and self._process.poll() is None, (self.folder / "log").read_text()
        try:
            psycopg.connect(self.superuser).close()
        except psycopg.OperationalError:
            return False
        return True


@contextlib.contextmanager
def a_server(**settings: str) -> Iterator[Server]:
    """A server of one's own, to be stopped and started."""
    where = binaries()
    if where is None:
        missing = "needs a PostgreSQL server: apt install postgresql"
        raise pytest.fail.Exception(missing) if os.environ.get("CI") else pytest.skip.Exception(missing)
    folder = Path(tempfile.mkdtemp(prefix="nightlatch-pg-"))
    if os.getuid() == 0:
        owner = _owner()
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    server = Server(where, folder)
    try:
        server.make()
        server.start(**settings)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The server of this process's tests; each has a ledger of its own there. Nobody may stop it."""
    with a_server() as server:
        yield server


def binaries() -> Path | None:
    """Where `initdb` and `postgres` are; None where there are none."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = shutil.which("initdb") or (str(installed[-1]) if installed else "")
    return Path(found).resolve().parent if found else None


def _owner() -> pwd.struct_passwd:
    """Whom the server runs as where the tests run as root, which it refuses."""
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _as_nobody() -> list[str]:
    """What a command is begun with, so that it goes with this process, and is not root's."""
    if os.getuid() != 0:
        return ["setpriv", "--pdeathsig=QUIT"]
    owner = _owner()
    return ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups", "--pdeathsig=QUIT"]
