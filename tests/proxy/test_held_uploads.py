"""A refused upload is answered once its body is in, and cut off when that takes too long."""

import asyncio
from pathlib import Path

from mitmproxy.http import HTTPFlow, Response
from tests.proxy.running import Application, everything, guarding, serving, until

from nightlatch.proxy.held_uploads import HeldUploads

UPLOAD = b"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nConnection: close\r\n\r\nhello"


class Refusing:
    """Refuses everything and has `patience` seconds for bodies."""

    def __init__(self, patience: float) -> None:
        self.held = HeldUploads(patience)
        self.errors: list[str] = []

    def requestheaders(self, flow: HTTPFlow) -> None:
        flow.response = Response.make(401, b"no")
        self.held.hold(flow)

    def request(self, flow: HTTPFlow) -> None:
        self.held.release(flow)

    def error(self, flow: HTTPFlow) -> None:
        assert flow.error
        self.errors.append(flow.error.msg)
        self.held.release(flow)

    def done(self) -> None:
        self.held.release_all()


def test_a_body_that_does_not_come_ends_the_connection(confdir: Path) -> None:
    async def scenario() -> None:
        application, refusing = Application(), Refusing(0.05)
        async with serving(application) as upstream, guarding(refusing, upstream, confdir) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(UPLOAD)
            assert await everything(reader) == b""
            assert refusing.errors == ["the body of a refused request took too long"]
            assert application.connections == 0
            writer.close()

    asyncio.run(scenario())


def test_a_body_that_comes_gets_the_answer(confdir: Path) -> None:
    async def scenario() -> None:
        application, refusing = Application(), Refusing(60)
        async with serving(application) as upstream, guarding(refusing, upstream, confdir) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(UPLOAD)
            await until(lambda: refusing.held._timers, "the refusal")
            writer.write(b"world")
            assert (await everything(reader)).startswith(b"HTTP/1.1 401 ")
            assert not refusing.held._timers
            assert application.connections == 0
            writer.close()

    asyncio.run(scenario())


def test_a_client_that_goes_away_leaves_no_timer(confdir: Path) -> None:
    async def scenario() -> None:
        application, refusing = Application(), Refusing(60)
        async with serving(application) as upstream, guarding(refusing, upstream, confdir) as port:
            for _ in range(2):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(UPLOAD)
                await until(lambda: refusing.held._timers, "the refusal")
                writer.close()
                await until(lambda: not refusing.held._timers, "the timer is gone")
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(UPLOAD)
            await until(lambda: refusing.held._timers, "the refusal")
            writer.close()
        assert not refusing.held._timers

    asyncio.run(scenario())
