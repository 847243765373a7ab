"""One certificate authority for all tests: making one takes longer than most of them. And guards without sockets."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mitmproxy import ctx
from mitmproxy.http import HTTPFlow
from scripts.fuzzing.wire_guard import WireGuard
from tests.identity.key_server import KeyServer
from tests.identity.minting import AUDIENCE, pem, public_key
from tests.ledger.postgres.server import postgres as postgres
from tests.providers.own_provider import OwnProvider
from tests.proxy.at_provider import Visitor, a_bench
from tests.proxy.bench import Bench

from nightlatch.proxy import live_flows, open_exchanges

collect_ignore = [] if sys.version_info >= (3, 12) else ["test_with_mock_provider.py"]
"""oidc-provider-mock needs Python 3.12."""

Benches = Callable[..., Bench]


@pytest.fixture(scope="session")
def confdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("confdir")


@pytest.fixture
def benches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Benches]:
    """Opens guards without sockets, and closes them. What they cut is noted, as there is nothing to cut."""
    monkeypatch.setattr(ctx, "master", SimpleNamespace(addons={}), raising=False)
    opened: list[Bench] = []

    async def cut(flow: HTTPFlow, reason: str, code: int = live_flows.POLICY_VIOLATION) -> None:
        for bench in opened:
            bench.cut.append((flow, reason))
            bench.codes.append(code)

    monkeypatch.setattr(open_exchanges, "cut", cut)

    def opening(policy: str = "", **options: Any) -> Bench:
        opened.append(Bench(tmp_path, policy, **options))
        return opened[-1]

    yield opening
    for bench in opened:
        bench.close()


@pytest.fixture
def bench(benches: Benches) -> Bench:
    """A guard with the default policy and the dev login."""
    return benches()


@pytest.fixture
def application(benches: Benches) -> Bench:
    """A guard over the application's own cookie `sid`, of which the login is known."""
    return benches(identity="cookie:sid", login="redirect:/login")


@pytest.fixture
def bearer(benches: Benches, tmp_path: Path) -> Bench:
    """A guard over tokens that `tests.identity.minting` makes."""
    key = tmp_path / "key.pem"
    key.write_bytes(pem(public_key()))
    return benches(identity="bearer", jwt_audience=AUDIENCE, jwt_key_file=str(key), jwt_algorithms="RS256")


@pytest.fixture
def issuer() -> Iterator[KeyServer]:
    """A web server that answers what it is told."""
    server = KeyServer()
    yield server
    server.close()


@pytest.fixture
def provider() -> Iterator[OwnProvider]:
    """An identity provider, obedient until it is told otherwise."""
    made = OwnProvider()
    yield made
    made.close()


@pytest.fixture
def federated(benches: Benches, provider: OwnProvider) -> Bench:
    """A guard whose people log in at `provider`."""
    return a_bench(benches, provider)


@pytest.fixture
def visitor(federated: Bench, provider: OwnProvider) -> Visitor:
    """A browser at that guard."""
    return Visitor(federated, provider)


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireGuard]:
    """A guard that takes the bytes of a connection, with mitmproxy's parsers in front of it."""
    guard = WireGuard(tmp_path_factory.mktemp("wire"))
    yield guard
    guard.close()
