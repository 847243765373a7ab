import socket

import pytest

from nightlatch_cli.network import addresses_of_this_machine, answers, is_loopback


@pytest.mark.parametrize("host", ["localhost", "app.localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_loopback_is_this_machine_only(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "localhost.example.com", "192.168.1.5", "127.0.0.1.example.com", "::"])
def test_everything_else_is_not(host: str) -> None:
    assert not is_loopback(host)


def test_the_addresses_of_this_machine_are_those_others_use() -> None:
    found = addresses_of_this_machine()
    assert found == sorted(set(found)) and not any(is_loopback(address) for address in found)


def test_an_open_port_answers_and_a_closed_one_does_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert answers("127.0.0.1", port)
    assert not answers("127.0.0.1", port)
    assert not answers("no.such.host.invalid", 80) and not answers("127.0.0.1", 99_999)
