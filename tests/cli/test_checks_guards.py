import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

import pytest
from tests.cli.bench import Bench
from tests.cli.test_login import GONE

from nightlatch.ledger.port import Guard, LedgerReader
from nightlatch.ledger.writer import open_writer
from nightlatch_cli.checks import Check, Health
from nightlatch_cli.checks_guards import check_exposure, check_guard, check_guards, check_way_round
from nightlatch_cli.ledger_access import reading


class _Answering(BaseHTTPRequestHandler):
    body = b'{"authenticated": false}'

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


class _Other(_Answering):
    body = b"<h1>Welcome</h1>"


class _Refusing(_Answering):
    body = b'{"type": "urn:nightlatch:verdict:error", "status": 503}'


@contextmanager
def _served(handler: type[_Answering], host: str = "127.0.0.1") -> Iterator[int]:
    with ThreadingHTTPServer((host, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture
def guard(bench: Bench) -> Guard:
    return bench.announce()


def test_a_guard_that_answers_is_well(guard: Guard) -> None:
    with _served(_Answering) as port:
        assert check_guard(guard._replace(url=f"http://127.0.0.1:{port}")).health is Health.OK


def test_something_else_at_its_url_guards_nothing(guard: Guard) -> None:
    with _served(_Other) as port:
        check = check_guard(guard._replace(url=f"http://127.0.0.1:{port}"))
    assert check.health is Health.FAIL and "something else" in check.message


def test_one_that_does_not_listen_is_told(guard: Guard) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    assert check_guard(guard._replace(url=url)).health is Health.WARN


def test_one_that_hangs_fails(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nightlatch_cli.checks_guards.PATIENCE", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        check = check_guard(guard._replace(url=f"http://127.0.0.1:{silent.getsockname()[1]}"))
    assert check.health is Health.FAIL and "does not answer" in check.message


def test_the_dev_login_is_for_this_machine_only(guard: Guard) -> None:
    assert check_exposure(guard).health is Health.OK
    exposed = check_exposure(guard._replace(url="http://192.168.1.5:8080"))
    assert exposed.health is Health.FAIL and "log in as anybody" in exposed.message
    assert check_exposure(guard._replace(url="http://192.168.1.5:8080", login="self")).health is Health.OK


def test_an_application_on_this_machine_only_cannot_be_reached_around_the_guard(guard: Guard) -> None:
    with _served(_Other) as port:
        (check,) = check_way_round(guard._replace(site=f"http://127.0.0.1:{port}"))
    assert check.health is Health.OK and "on this machine only" in check.message


def test_one_that_listens_everywhere_can(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nightlatch_cli.checks_guards.addresses_of_this_machine", lambda: ["127.0.0.2", "127.0.0.3"])
    with _served(_Other, "127.0.0.2") as port:
        monkeypatch.setattr("nightlatch_cli.checks_guards.is_loopback", lambda host: True)
        (check,) = check_way_round(guard._replace(site=f"http://127.0.0.2:{port}"))
    assert check.health is Health.FAIL and f"around the guard at 127.0.0.2 port {port}:" in check.message


def test_one_elsewhere_is_for_a_firewall(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nightlatch_cli.checks_guards.answers", lambda host, port: True)
    (check,) = check_way_round(guard._replace(site="https://app.example.com"))
    assert check.health is Health.WARN and "firewall" in check.message


def test_one_that_is_down_is_told(guard: Guard) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        site = f"http://127.0.0.1:{closed.getsockname()[1]}"
    (check,) = check_way_round(guard._replace(site=site))
    assert check.health is Health.WARN and "does not answer" in check.message


def test_those_that_were_stopped_are_not_asked(bench: Bench) -> None:
    def checks() -> list[Check]:
        with reading(bench.path) as reader:
            return list(check_guards(reader))

    bench.announce(pid=GONE)
    (check,) = checks()
    assert check.health is Health.WARN and "none is running (1 did before)" in check.message


def test_where_none_has_announced_itself(tmp_path: Path) -> None:
    open_writer(tmp_path / "ledger.db").close()
    with reading(tmp_path / "ledger.db") as reader:
        (none,) = check_guards(reader)
    assert "none has announced itself" in none.message


class _Shared:
    """A ledger that machines share, on which a guard of another one runs."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def guards(self) -> list[Guard]:
        return [self._guard]

    def runs(self, process: int) -> bool:
        return True

    def is_here(self, process: int) -> bool:
        return False


def test_one_on_another_machine_is_not_looked_for_here(guard: Guard) -> None:
    """Its URL may well be of its own loopback interface."""
    (check,) = check_guards(cast(LedgerReader, _Shared(guard)))
    assert check.health is Health.OK and "on another machine" in check.message


def test_one_that_cannot_use_its_ledger_is_told_as_such(guard: Guard) -> None:
    with _served(_Refusing) as port:
        found = check_guard(guard._replace(url=f"http://127.0.0.1:{port}"))
    assert found.health is Health.FAIL and "cannot use its ledger" in found.message
