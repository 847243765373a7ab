import asyncio
from collections.abc import Awaitable, Callable

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

from nightlatch_cli.demo.application import serve
from nightlatch_cli.demo.visitor import Visitor


def _visit(live: Callable[[Visitor], Awaitable[None]]) -> None:
    async def visit() -> None:
        server, url = serve()
        try:
            await live(Visitor(url))
        finally:
            server.stop()
            await server.close_all_connections()

    asyncio.run(visit())


def test_every_page_is_there_and_links_to_the_others() -> None:
    async def live(visitor: Visitor) -> None:
        for path in ("/", "/reports", "/reports/monday", "/form", "/poll", "/stream", "/socket", "/admin", "/admin/x"):
            answer = await visitor.navigate(path)
            assert answer.status == 200
            assert b'href="/reports"' in answer.body
        assert (await visitor.navigate("/nosuch")).status == 404

    _visit(live)


def test_the_form_counts_and_the_poll_counts() -> None:
    async def live(visitor: Visitor) -> None:
        answer = await visitor.submit("/form", note="x")
        assert (answer.status, answer.location) == (303, "/form")
        assert b'<b id="count">1</b>' in (await visitor.navigate("/form")).body
        assert [(await visitor.fetch("/api/poll")).json()["polls"] for _ in range(2)] == [1, 2]
        assert (await visitor.fetch("/api/items")).json() == {"items": ["lamp", "ladder"]}
        assert (await visitor.submit("/api/items", any="thing")).status == 201
        assert len((await visitor.fetch("/api/items")).json()["items"]) == 3
        assert (await visitor.fetch("/healthz")).json() == {"status": "ok"}

    _visit(live)


def test_it_shows_whom_the_guard_names_and_escapes_it() -> None:
    async def live(visitor: Visitor) -> None:
        request = HTTPRequest(visitor.url, headers={"X-Forwarded-User": "<ada>"})
        answer = await visitor.http.fetch(request)
        assert b"&lt;ada&gt;" in answer.body

    _visit(live)


def test_the_event_stream_ticks_until_it_is_left() -> None:
    async def live(visitor: Visitor) -> None:
        heard = asyncio.Event()
        request = HTTPRequest(visitor.url + "/events", streaming_callback=lambda _: heard.set())
        client = AsyncHTTPClient(force_instance=True)
        answer = asyncio.ensure_future(client.fetch(request, raise_error=False))
        await asyncio.wait_for(heard.wait(), 10)
        client.close()
        answer.cancel()

    _visit(live)


def test_the_socket_says_back_what_it_hears() -> None:
    async def live(visitor: Visitor) -> None:
        socket = await websocket_connect(visitor.url.replace("http", "ws") + "/ws")
        await socket.write_message("hello")
        assert await socket.read_message() == "hello"
        socket.close()

    _visit(live)
