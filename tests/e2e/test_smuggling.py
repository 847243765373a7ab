"""The corpus of smuggled requests against guards that listen: nothing arrives that was not judged, and every server
reads it alike; over real sockets, with TLS where it is HTTP/2."""

import socket
import sqlite3
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector

import pytest
from scripts.fuzzing.wire_corpus import Names, entries, frames, http1, http2
from scripts.fuzzing.wire_guard import ENDED, LIVE
from scripts.fuzzing.wire_promises import arrived_wrongly
from tests.e2e import processes
from tests.e2e.client import compose, raw
from tests.e2e.processes import Guard
from tests.e2e.recording import Recording
from tests.e2e.waiting import until

from nightlatch.ledger.reader import open_reader

QUIET = 2.0
"""Seconds without a byte on any connection, after which no more is to come."""

OWN = ("--identity", "cookie:sid", "--login", "redirect:/login", "--public", "/public")
STOCK = ("nightlatch_identity=cookie:sid", "nightlatch_login=redirect:/login", "nightlatch_public=/public")


class Site:
    """A guard and the application behind it, with one session that is live and one that is over."""

    def __init__(self, start: Callable[..., Guard], directory: Path, options: tuple[str, ...]) -> None:
        self.application = Recording()
        self.guard = start(directory, self.application.url, *options)
        self.authority = self.guard.url.removeprefix("http://")
        self.names = Names(self.authority.encode(), LIVE, ENDED)
        self._log_in(LIVE)
        self._log_in(ENDED)
        self.guard.must("sessions", "end", self._newest())

    def close(self) -> None:
        self.guard.kill()
        self.application.close()

    def _log_in(self, value: bytes) -> None:
        self.application.issues = value
        fields = [("Host", self.authority), ("Content-Length", "0")]
        assert raw(self.guard.url, compose("POST", "/login", fields), "POST").status == 200
        self.application.issues = None

    def _newest(self) -> str:
        reader = open_reader(self.guard.ledger)
        try:
            return reader.sessions()[0].id
        finally:
            reader.close()

    def connect(self, *, http2: bool) -> socket.socket:
        host, _, port = self.authority.partition(":")
        plain = socket.create_connection((host, int(port)), 30)
        if not http2:
            return plain
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        return context.wrap_socket(plain)

    def arrived(self) -> Counter[tuple[str, str]]:
        """Method and path of what the application got."""
        reads = (read for connection in self.application.connections for read in connection.requests)
        return Counter((read.method.upper(), read.target.partition("?")[0]) for read in reads)

    def judged(self) -> Counter[tuple[str, str]]:
        """Method and path of what was let through, as the ledger tells it."""
        with sqlite3.connect(self.guard.ledger) as ledger:
            found = ledger.execute("select method, path from decisions where verdict in ('allow', 'public')").fetchall()
        ledger.close()
        return Counter((method, path) for method, path in found)


@pytest.fixture(scope="module", params=["own", "stock"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    start, options = (processes.run, OWN) if request.param == "own" else (processes.stock, STOCK)
    made = Site(start, tmp_path_factory.mktemp("smuggling"), options)
    yield made
    made.close()


@pytest.mark.parametrize("version", [1, 2])
def test_nothing_arrives_that_was_not_judged(site: Site, version: int) -> None:
    before, corpus = site.arrived(), entries(version)
    if version == 1:
        sent = [http1(entry, site.names) for entry in corpus]
    else:
        sent = [frames([http2(entry, site.names)]) for entry in corpus]
    answers = _send([(site.connect(http2=version == 2), data) for data in sent])
    assert sum(map(bool, answers)) > len(corpus) * 3 // 4, "the guard answers"
    assert site.guard.alive() and "Traceback" not in site.guard.log and "crashed" not in site.guard.log
    assert arrived_wrongly(site.application.connections) == []
    arrived = site.arrived()
    until(lambda: arrived <= site.judged(), f"a decision on everything that arrived: {arrived - site.judged()}", 20)
    assert (arrived - before).total() >= sum(entry.good for entry in corpus)


def _send(clients: list[tuple[socket.socket, bytes]]) -> list[bytes]:
    """Say everything at once; what came back on each connection."""
    answers = {client: b"" for client, _ in clients}
    with DefaultSelector() as selector:
        for client, data in clients:
            client.sendall(data)
            client.settimeout(5)
            selector.register(client, EVENT_READ)
        while ready := selector.select(QUIET):
            for key, _ in ready:
                client = key.fileobj  # type: ignore[assignment]  # it was registered as one
                piece = _received(client)
                answers[client] += piece
                if not piece:
                    selector.unregister(client)
    for client, _ in clients:
        client.close()
    return list(answers.values())


def _received(client: socket.socket) -> bytes:
    try:
        return client.recv(65_536)
    except OSError:
        return b""
