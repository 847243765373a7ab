"""What can stop the start does so before anything listens; what listens is told in full."""

import asyncio
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.ledger.postgres.server import Server

from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.opening import open_writer
from nightlatch.ledger.port import LedgerError
from nightlatch.proxy import start
from nightlatch.proxy.options import OPTIONS
from nightlatch.proxy.start import CannotStart, prepare, serve

UPSTREAM, LISTEN = "http://localhost:3000", ("127.0.0.1", 0)


@pytest.fixture
def options(tmp_path: Path) -> dict[str, str]:
    return {option.name: option.default for option in OPTIONS} | {"ledger": str(tmp_path / "ledger.db")}


def test_the_ledger_is_there_before_the_guard_is(options: dict[str, str]) -> None:
    prepared = prepare(UPSTREAM, LISTEN, options)
    assert (prepared.upstream, prepared.host, prepared.port) == (UPSTREAM, *LISTEN)
    assert Path(options["ledger"]).exists()


@pytest.mark.parametrize(
    ("upstream", "host", "changes", "told"),
    [
        ("localhost:3000", "127.0.0.1", {}, "http"),
        ("ftp://localhost", "127.0.0.1", {}, "http"),
        (UPSTREAM, "127.0.0.1", {"policy": "strct"}, "strict"),
        (UPSTREAM, "0.0.0.0", {}, "dev login.*0.0.0.0.*--listen 127.0.0.1"),
        (UPSTREAM, "192.0.2.7", {"login": "dev"}, "asks for no password"),
        (UPSTREAM, "127.0.0.1", {"identity": "bearer"}, "--jwt-audience|--jwt-key-file"),
    ],
)
def test_what_is_wrong_is_told_with_the_remedy(
    options: dict[str, str], upstream: str, host: str, changes: dict[str, str], told: str
) -> None:
    with pytest.raises(CannotStart, match=told):
        prepare(upstream, (host, 0), options | changes)
    assert not Path(options["ledger"]).exists()


@pytest.mark.parametrize("upstream", ["http://localhost:8080", "http://127.0.0.2:8080/", "https://[::1]:8080"])
def test_a_guard_does_not_guard_itself(options: dict[str, str], upstream: str) -> None:
    with pytest.raises(CannotStart, match="the guard itself would listen"):
        prepare(upstream, ("127.0.0.1", 8080), options)
    assert prepare(upstream, ("127.0.0.1", 8081), options).port == 8081
    assert prepare("http://app.example:8080", ("127.0.0.1", 8080), options).port == 8080


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_the_dev_login_listens_on_loopback(options: dict[str, str], host: str) -> None:
    assert prepare(UPSTREAM, (host, 0), options).host == host


def test_another_login_listens_where_it_is_told(options: dict[str, str]) -> None:
    assert prepare(UPSTREAM, ("0.0.0.0", 0), options | {"login": "redirect:/login"}).host == "0.0.0.0"


@pytest.mark.parametrize(("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)])
def test_a_port_that_is_taken_stops_it_before_there_is_a_ledger(
    options: dict[str, str], tmp_path: Path, host: str, family: socket.AddressFamily
) -> None:
    options["ledger"] = str(tmp_path / "new" / "ledger.db")
    with socket.create_server((host, 0), family=family) as taken:
        with pytest.raises(CannotStart, match="is in use by another program: choose another port with --listen"):
            prepare(UPSTREAM, (host, taken.getsockname()[1]), options)
        assert not (tmp_path / "new").exists()
        port = taken.getsockname()[1]
    assert prepare(UPSTREAM, (host, port), options).port == port


def test_a_ledger_that_is_none_stops_it(options: dict[str, str]) -> None:
    Path(options["ledger"]).write_bytes(b"something else" * 1000)
    with pytest.raises(LedgerError, match="not a ledger"):
        prepare(UPSTREAM, LISTEN, options)


def test_who_waits_is_told_where_it_listens(options: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, object]] = []
    asked: dict[str, Any] = {}

    async def running(addon: object, *, on_listening: Callable[[str, int], None], **rest: Any) -> int:
        asked.update(rest)
        on_listening("http://127.0.0.1:8080", 8080)
        return 3

    monkeypatch.setattr(start, "run_guard", running)
    assert asyncio.run(serve(prepare(UPSTREAM, LISTEN, options), told.append)) == 3
    assert told == [
        {
            "site": UPSTREAM,
            "url": "http://127.0.0.1:8080",
            "control": None,
            "token": None,
            "ledger": str(Path(options["ledger"]).absolute()),
            "pid": os.getpid(),
            "policy": "default",
        }
    ]
    assert (asked["upstream"], asked["listen_host"], asked["listen_port"]) == (UPSTREAM, *LISTEN)
    assert asked["options"] == {f"nightlatch_{name}": value for name, value in options.items()}


def test_a_ledger_that_can_only_be_read_stops_it(options: dict[str, str], postgres: Server, tmp_path: Path) -> None:
    url = postgres.url(str(tmp_path))
    open_writer(url).close()
    schema = ServerAddress(url).schema
    postgres.ask("DO $$ BEGIN CREATE ROLE onlooker LOGIN; EXCEPTION WHEN duplicate_object THEN END $$")
    postgres.ask(f"GRANT USAGE ON SCHEMA {schema} TO onlooker")
    postgres.ask(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO onlooker")
    with pytest.raises(LedgerError, match="refuses this user"):
        prepare(UPSTREAM, LISTEN, options | {"ledger": url.replace("nightlatch@", "onlooker@")})
