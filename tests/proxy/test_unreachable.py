"""An application that cannot be reached: everybody gets a 502 of a kind that can be used, and may ask again."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.proxy.bench import NAVIGATION, SCRIPT, Bench, a_flow, the
from tests.proxy.http2_client import http2
from tests.proxy.running import guarding, until

from nightlatch.proxy.addon import Nightlatch
from nightlatch.proxy.pages import Pages
from nightlatch.proxy.unreachable import unreachable_answer

ASKING = b"GET /favicon.ico HTTP/1.1\r\nHost: localhost:%d\r\n%b\r\n\r\n"


@contextlib.asynccontextmanager
async def nobody_behind(tmp_path: Path, confdir: Path) -> AsyncIterator[int]:
    """A guard before a port on which nobody listens; its port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # held, and nobody listens
        upstream = f"http://127.0.0.1:{taken.getsockname()[1]}"
        options = {"nightlatch_ledger": str(tmp_path / "ledger.db"), "nightlatch_policy": "default"}
        async with guarding(Nightlatch(), upstream, confdir, options) as port:
            yield port


async def said(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and body of one answer."""
    async with asyncio.timeout(20):
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        return head, await reader.readexactly(int(length.partition(b":")[2]))


def test_each_client_gets_its_kind_on_a_connection_that_lives_on(tmp_path: Path, confdir: Path) -> None:
    async def scenario() -> None:
        async with nobody_behind(tmp_path, confdir) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(ASKING % (port, b"Accept: application/json\r\nOrigin: http://localhost:5173"))
            head, body = await said(reader)
            assert head.startswith(b"HTTP/1.1 502 ") and b"application/problem+json" in head
            assert b"access-control-allow-origin: http://localhost:5173" in head.lower()
            assert json.loads(body)["status"] == 502 and "cannot be reached" in json.loads(body)["detail"]
            writer.write(ASKING % (port, b"Accept: text/html\r\nSec-Fetch-Mode: navigate"))
            head, body = await said(reader)
            assert head.startswith(b"HTTP/1.1 502 ") and b"Nightlatch-Verdict: error" in head
            assert body.startswith(b"<!doctype html>")
            writer.close()
            async with http2(port) as client:
                stream = client.ask("/favicon.ico", "nobody", accept="application/json")
                await until(lambda: stream in client.ended, "the answer")
                assert json.loads(client.received[stream])["title"] == "Bad gateway"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("headers", "status", "content_type"),
    [
        (NAVIGATION, 502, "text/html; charset=utf-8"),
        (SCRIPT, 502, "application/problem+json"),
        ({"Content-Type": "application/grpc+proto"}, 200, "application/grpc+proto"),
    ],
)
def test_the_forms(bench: Bench, headers: dict[str, str], status: int, content_type: str) -> None:
    arrival = the(bench.enter(a_flow(headers=headers))).arrival
    spec = unreachable_answer(Pages(), arrival, "Connection refused <b>", (), "+31m")
    fields = dict(spec.headers)
    assert (spec.status, fields["Content-Type"], fields["Nightlatch-Clock"]) == (status, content_type, "+31m")
    assert fields["Cache-Control"] == "no-store" and b"<b>" not in spec.body.replace(b"refused <b>", b"")
    if status == 200:
        assert (fields["grpc-status"], spec.body) == ("14", b"")
