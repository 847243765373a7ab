"""Server-sent events, as a client on the wire reads them."""

import asyncio
import json
from typing import Any

import pytest
from tests.web.desk import Desk
from tornado.httpclient import HTTPRequest

from nightlatch.web import stream


class Listener:
    """Reads a stream until it has seen enough."""

    def __init__(self, desk: Desk, path: str, **fields: str) -> None:
        self.desk, self.text, self.more = desk, "", asyncio.Event()
        headers = {"Authorization": f"Bearer {desk.control.token}", "Accept": "text/event-stream", **fields}
        request = HTTPRequest(
            desk.control.url + path, headers=headers, streaming_callback=self._take, request_timeout=60
        )
        self.answer = asyncio.ensure_future(desk.http.fetch(request, raise_error=False))

    def _take(self, chunk: bytes) -> None:
        self.text += chunk.decode()
        self.more.set()

    async def until(self, count: int) -> list[dict[str, Any]]:
        """The first `count` documents."""
        while len(self.documents) < count:
            self.more.clear()
            await asyncio.wait_for(self.more.wait(), 30)
        return self.documents

    async def connected(self) -> None:
        while ": nightlatch" not in self.text:
            self.more.clear()
            await asyncio.wait_for(self.more.wait(), 30)

    @property
    def documents(self) -> list[dict[str, Any]]:
        blocks = self.text.split("\n\n")[:-1]
        return [json.loads(line[6:]) for block in blocks for line in block.split("\n") if line.startswith("data: ")]


def test_events_come_as_they_happen(desk: Desk) -> None:
    async def scenario() -> None:
        listener = Listener(desk, "/events")
        await listener.connected()
        await desk._fetch("POST", "/login", b'{"user": "ada"}', {"Authorization": f"Bearer {desk.control.token}"})
        events = await listener.until(2)
        assert [event["type"] for event in events] == ["login.succeeded", "session.created"]
        assert f"id: {events[1]['id']}\n" in listener.text
        listener.answer.cancel()

    desk.run(scenario())


@pytest.mark.parametrize("resumed", [True, False])
def test_what_was_missed_comes_first(desk: Desk, resumed: bool) -> None:
    desk.log_in_at_control()

    async def scenario() -> list[dict[str, Any]]:
        fields = {"Last-Event-ID": "1"} if resumed else {}
        listener = Listener(desk, "/events" if resumed else "/events?after=1", **fields)
        found = await listener.until(2)
        listener.answer.cancel()
        return found

    assert [event["id"] for event in desk.run(scenario())] == [2, 3]


def test_only_what_was_asked_for(desk: Desk) -> None:
    desk.log_in_at_control()

    async def scenario() -> list[dict[str, Any]]:
        listener = Listener(desk, "/events?after=0&type=session")
        return await listener.until(1)

    assert [event["type"] for event in desk.run(scenario())] == ["session.created"]


def test_the_stream_ends_with_the_server(desk: Desk) -> None:
    async def scenario() -> None:
        listener = Listener(desk, "/events")
        await listener.connected()
        desk.control._serving.changes.close()
        answer = await asyncio.wait_for(listener.answer, 30)
        assert answer.code == 200

    desk.run(scenario())


def test_a_quiet_stream_shows_that_it_lives(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.05)

    async def scenario() -> None:
        listener = Listener(desk, "/events")
        while ": still here" not in listener.text:
            listener.more.clear()
            await asyncio.wait_for(listener.more.wait(), 30)
        listener.answer.cancel()

    desk.run(scenario())


def test_nobody_looks_while_nobody_listens(desk: Desk) -> None:
    async def scenario() -> None:
        changes = desk.control._serving.changes
        await changes.after(changes.seen, 0.01)
        assert changes._task is not None
        await asyncio.wait_for(changes._task, 30)

    desk.run(scenario())


def test_without_the_token_there_is_no_stream(desk: Desk) -> None:
    assert desk.call("GET", "/events", token="-", Accept="text/event-stream").status == 401
