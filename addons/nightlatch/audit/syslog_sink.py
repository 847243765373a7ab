"""The audit trail by syslog (RFC 5424): to the local socket, by UDP, by TCP (octet counting, RFC 6587), or by TLS
(RFC 5425). Facility 10 (security), severity by what the event means; the message is a JSON document.
"""

import asyncio
import contextlib
import json
import os
import socket
import ssl
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from nightlatch.alerts.channel import Fate, Outcome, Told
from nightlatch.audit.shapes import SHAPES, Shape
from nightlatch.core.events import EventType
from nightlatch.core.export.meaning import Severity, meaning
from nightlatch.core.instants import rfc3339
from nightlatch.ledger.alerts_port import Delivery

_FACILITY = 10
_SEVERITIES = {
    Severity.INFORMATIONAL: 6,
    Severity.LOW: 5,
    Severity.MEDIUM: 4,
    Severity.HIGH: 3,
    Severity.CRITICAL: 2,
}
"""RFC 5424 6.2.1: 2 critical, 3 error, 4 warning, 5 notice, 6 informational."""
_PORTS = {"udp": 514, "tcp": 601, "tls": 6514}
PATIENCE = 10.0
"""Seconds that one attempt may take."""


class SyslogInvalid(ValueError):
    """An address that is none; the message says what would be one."""


class Address(NamedTuple):
    """Where to: `unix` with a path as `host`, or `udp`, `tcp`, `tls`."""

    kind: str
    host: str
    port: int = 0


def parse_address(text: str) -> Address:
    """Read `unix:/dev/log`, `udp://host:514`, `tcp://host:601` or `tls://host:6514`.

    Raises:
        SyslogInvalid: anything else; a user or password, too, which no receiver would be told.
    """
    if text.startswith("unix:/"):
        return Address("unix", text.removeprefix("unix:"))
    if "@" in text:
        shown = f"{text.partition(':')[0]}://…@{text.rpartition('@')[2]}"
        raise SyslogInvalid(f"`{shown}`: syslog knows no user or password; leave out what is before the @")
    try:
        split = urlsplit(text)
        port = split.port
    except ValueError:
        split, port = urlsplit(""), None
    if split.scheme not in _PORTS or not split.hostname or split.path.strip("/") or split.query or split.fragment:
        raise SyslogInvalid(
            f"`{text}` is no address: unix:/dev/log, udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT"
        )
    return Address(split.scheme, split.hostname, port or _PORTS[split.scheme])


class SyslogSink:
    """One receiver. UDP tells nobody whether a message arrived: use TCP or TLS where that matters."""

    wants = frozenset(EventType)
    at_once = 100
    pause = 0

    def __init__(self, address: Address, shape: str = "jsonl") -> None:
        self.name = f"audit-syslog:{address.kind}:{address.host}:{address.port}:{shape}"
        self._address, self._shape = address, SHAPES[shape]

    def compose(self, told: Told, key: str, wall: int) -> str | None:
        """The message of RFC 5424; the time is that of the event."""
        return message(told, self._shape, socket.gethostname(), os.getpid())

    async def send(self, deliveries: Sequence[Delivery], wall: int) -> Outcome:
        """All of them on one connection."""
        messages = [delivery.body.encode() for delivery in deliveries]
        try:
            await asyncio.wait_for(asyncio.to_thread(_send, self._address, messages), PATIENCE + 1)
        except (OSError, TimeoutError) as error:
            return Outcome(Fate.DOWN, f"{self._address.host}: {error}")
        return Outcome(Fate.DONE)


def message(told: Told, shape: Shape, host: str, process: int) -> str:
    """`<PRI>1 TIMESTAMP HOST nightlatch PID MSGID - JSON`."""
    event = told.chained.event
    priority = _FACILITY * 8 + _SEVERITIES[meaning(event).severity]
    document = json.dumps(shape(told.chained), separators=(",", ":"))
    return f"<{priority}>1 {rfc3339(event.at)} {host or '-'} nightlatch {process} {event.type} - {document}"


def _send(address: Address, messages: Sequence[bytes]) -> None:
    with _connected(address) as connection:
        for each in messages:
            if connection.type == socket.SOCK_STREAM:
                connection.sendall(b"%d %s" % (len(each), each))
            else:
                connection.send(each)


def _connected(address: Address) -> socket.socket:
    if address.kind == "unix":
        return _connect(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), address.host)
    if address.kind == "udp":
        family, kind, protocol, _, where = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_DGRAM)[0]
        return _connect(socket.socket(family, kind, protocol), where)
    stream = socket.create_connection((address.host, address.port), PATIENCE)
    if address.kind == "tcp":
        return stream
    with contextlib.ExitStack() as undone:  # a handshake that fails leaves the connection to whoever made it
        undone.callback(stream.close)
        wrapped = ssl.create_default_context().wrap_socket(stream, server_hostname=address.host)
        undone.pop_all()
        return wrapped


def _connect(datagrams: socket.socket, where: object) -> socket.socket:
    datagrams.settimeout(PATIENCE)
    try:
        datagrams.connect(where)  # type: ignore[arg-type] # a path, or what getaddrinfo gave
    except OSError:
        datagrams.close()
        raise
    return datagrams
