"""Fixtures of the end-to-end tests: one upstream and one guard a worker, shared by tests that leave them alone, and
`guards` for those that need their own."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.e2e import processes
from tests.e2e.client import Browser
from tests.e2e.processes import Guard
from tests.e2e.upstream import Upstream
from tests.ledger.postgres.server import postgres as postgres

USERS = ("--dev-user", "ada:admins", "--dev-user", "bob")

Start = Callable[..., Guard]


@pytest.fixture(scope="session")
def shared_upstream() -> Iterator[Upstream]:
    upstream = Upstream()
    yield upstream
    upstream.close()


@pytest.fixture(scope="session")
def shared_guard(shared_upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guard]:
    guard = processes.run(tmp_path_factory.mktemp("guard"), shared_upstream.url, *USERS)
    yield guard
    guard.stop()


@pytest.fixture(scope="session")
def shared_stock(shared_upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guard]:
    guard = processes.stock(tmp_path_factory.mktemp("stock"), shared_upstream.url, "nightlatch_dev_user=ada:admins bob")
    yield guard
    guard.stop()


@pytest.fixture
def upstream(shared_upstream: Upstream) -> Iterator[Upstream]:
    """The shared application, its answers back to normal afterwards."""
    yield shared_upstream
    shared_upstream.replies.clear()


@pytest.fixture(params=["own", "stock"])
def guard(request: pytest.FixtureRequest) -> Guard:
    """The guard under test: once as `nightlatch run`, once inside stock mitmdump."""
    found: Guard = request.getfixturevalue("shared_guard" if request.param == "own" else "shared_stock")
    assert found.alive(), f"the guard ended with {found.process.returncode}:\n{found.log}"
    return found


@pytest.fixture
def stranger(guard: Guard) -> Browser:
    """A browser that never logged in."""
    return Browser(guard.url)


@pytest.fixture
def visitor(guard: Guard) -> Browser:
    """A browser that is logged in as ada."""
    return Browser(guard.url).login()


@pytest.fixture
def guards(tmp_path: Path) -> Iterator[Start]:
    """Start guards of one's own: `guards(upstream.url, "--policy", "strict", kind=processes.stock)`."""
    started: list[Guard] = []

    def start(upstream: str, *options: str, kind: Start = processes.run, **named: object) -> Guard:
        started.append(kind(tmp_path / f"guard-{len(started)}", upstream, *options, **named))
        return started[-1]

    yield start
    for guard in started:
        guard.kill()
        sys.stdout.write(f"--- {guard.process.args!r}\n{guard.log}")
