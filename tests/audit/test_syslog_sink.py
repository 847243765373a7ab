import asyncio
import json
import re
import socket
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from tests.audit.told import deliveries

from nightlatch.alerts.channel import Fate
from nightlatch.audit.syslog_sink import Address, SyslogInvalid, SyslogSink, parse_address
from nightlatch.core.events import EventType

RFC5424 = re.compile(r"<(\d+)>1 (\S+) (\S+) nightlatch (\d+) (\S+) - (\{.*\})")
TWO = (EventType.SESSION_CREATED, EventType.SESSION_REUSED_AFTER_END)


def send(sink: SyslogSink) -> Fate:
    return asyncio.run(sink.send(deliveries(sink, *TWO), 0)).fate


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("unix:/dev/log", Address("unix", "/dev/log")),
        ("udp://logs.example", Address("udp", "logs.example", 514)),
        ("tcp://127.0.0.1:5140", Address("tcp", "127.0.0.1", 5140)),
        ("tls://[::1]", Address("tls", "::1", 6514)),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "logs.example",
        "http://x",
        "udp://",
        "tcp://x:port",
        "unix:dev/log",
        "udp://x:99999",
        "udp://x/logs",
        "tls://x?a=b",
        "tcp://x#a",
    ],
)
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(SyslogInvalid, match="udp://HOST:PORT"):
        parse_address(text)


@pytest.mark.parametrize("secret", ["user:s3cret", "s3cret", "user:s3cret/", "user:s3cret#", ":s3cret@"])
def test_a_user_and_password_are_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(SyslogInvalid, match=r"^`tls://…@logs\.example:6514`: .*leave out what is before the @") as told:
        parse_address(f"tls://{secret}@logs.example:6514")
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize("type_", EventType, ids=str)
def test_a_message_is_one_of_rfc_5424(type_: EventType) -> None:
    (delivery,) = deliveries(SyslogSink(Address("udp", "x", 1)), type_)
    found = RFC5424.fullmatch(delivery.body)
    assert found is not None and found[5] == type_ and json.loads(found[6])["type"] == type_
    assert 80 <= int(found[1]) <= 87, "facility 10"


def test_the_reuse_of_an_ended_session_is_critical() -> None:
    (delivery,) = deliveries(SyslogSink(Address("udp", "x", 1)), EventType.SESSION_REUSED_AFTER_END)
    assert delivery.body.startswith("<82>1 ")


def test_datagrams_arrive_by_udp_and_by_the_local_socket(tmp_path: Path) -> None:
    local = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    local.bind(str(tmp_path / "log"))
    remote = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    remote.bind(("127.0.0.1", 0))
    for receiver, address in (
        (local, Address("unix", str(tmp_path / "log"))),
        (remote, Address("udp", "127.0.0.1", remote.getsockname()[1])),
    ):
        receiver.settimeout(10)
        assert send(SyslogSink(address)) is Fate.DONE
        assert [RFC5424.fullmatch(receiver.recv(65536).decode())[5] for _ in TWO] == list(TWO)  # type: ignore[index] # a miss fails too
        receiver.close()


def receiving(take: Callable[[socket.socket], None]) -> tuple[Address, Thread]:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, listener:
            take(connection)

    thread = Thread(target=serve)
    thread.start()
    return Address("tcp", "127.0.0.1", listener.getsockname()[1]), thread


def test_messages_are_counted_on_a_stream() -> None:
    got: list[bytes] = []

    def take(connection: socket.socket) -> None:
        while piece := connection.recv(65536):
            got.append(piece)

    address, thread = receiving(take)
    assert send(SyslogSink(address)) is Fate.DONE
    thread.join(10)
    rest, types = b"".join(got), []
    while rest:
        length, _, rest = rest.partition(b" ")
        types.append(RFC5424.fullmatch(rest[: int(length)].decode())[5])  # type: ignore[index] # a miss fails too
        rest = rest[int(length) :]
    assert types == list(TWO)


def test_a_receiver_that_is_away_is_down(tmp_path: Path) -> None:
    closed = socket.create_server(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    closed.close()
    assert send(SyslogSink(Address("tcp", "127.0.0.1", port))) is Fate.DOWN
    assert send(SyslogSink(Address("unix", str(tmp_path / "nothing")))) is Fate.DOWN
