import socket
from pathlib import Path

import pytest
from tests.proxy.bench import SITE
from tests.web.conftest import Desks
from tests.web.desk import Desk

from nightlatch.proxy.control import GuardControl
from nightlatch.web.server import ControlServer


def test_every_start_has_a_token_of_its_own(desks: Desks) -> None:
    one, other = desks(), desks()
    assert one.control.token != other.control.token
    assert len(one.control.token) >= 43
    assert one.call("GET", "/clock", token=other.control.token).status == 401


def test_a_port_that_is_taken_is_an_error(desk: Desk) -> None:
    port = int(desk.control.url.rpartition(":")[2])
    with pytest.raises(OSError):
        ControlServer(GuardControl(desk.service, SITE), "127.0.0.1", port)


def test_a_ledger_that_cannot_be_read_gives_the_port_back(desk: Desk, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    desk.service.guard.settings = desk.guard.settings._replace(ledger=tmp_path / "nowhere.db")
    for _ in range(2):
        with pytest.raises(Exception, match="no ledger"):
            ControlServer(GuardControl(desk.service, SITE), "127.0.0.1", port)


def test_one_that_was_never_started_can_be_stopped(desk: Desk) -> None:
    server = ControlServer(GuardControl(desk.service, SITE), "127.0.0.1", 0)
    server.stop()


def test_it_also_listens_on_the_other_loopback(desk: Desk) -> None:
    server = ControlServer(GuardControl(desk.service, SITE), "::1", 0)
    assert server.url.startswith("http://[::1]:")
    server.stop()
