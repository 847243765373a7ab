"""A headless Chromium, driven over its DevTools protocol: enough to open pages, fill forms in and read them."""

import contextlib
import itertools
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from tests.e2e.waiting import until
from tornado.httpclient import AsyncHTTPClient
from tornado.websocket import WebSocketClientConnection, websocket_connect

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--hide-scrollbars",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--remote-debugging-port=0",
)


class Browser:
    """Where a browser listens for orders, and the connections to its tabs."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connections: list[WebSocketClientConnection] = []

    async def page(self, target: dict[str, Any]) -> "Page":
        """One of its tabs."""
        connection = await websocket_connect(target["webSocketDebuggerUrl"], max_message_size=50_000_000)
        self._connections.append(connection)
        page = Page(connection, self)
        await page.call("Page.enable")
        return page

    def close(self) -> None:
        for connection in self._connections:
            connection.close()


class Page:
    """One tab. Every method returns once the browser has done it."""

    def __init__(self, connection: WebSocketClientConnection, browser: "Browser") -> None:
        self._connection = connection
        self._browser = browser
        self._numbers = itertools.count(1)
        self._events: list[dict[str, Any]] = []

    async def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """One DevTools command; its result."""
        number = next(self._numbers)
        await self._connection.write_message(json.dumps({"id": number, "method": method, "params": parameters}))
        while (message := await self._next()).get("id") != number:
            self._events.append(message)
        assert "error" not in message, message
        result: dict[str, Any] = message["result"]
        return result

    async def beside(self) -> "Page":
        """A new tab of the same browser, with the same cookies."""
        answer = await AsyncHTTPClient().fetch(f"{self._browser.url}/json/new?about:blank", method="PUT", body=b"")
        return await self._browser.page(json.loads(answer.body))

    async def open(self, url: str) -> None:
        """Navigate, and wait for the page to have loaded."""
        self._events.clear()
        await self.call("Page.navigate", url=url)
        await self._loaded()

    async def leave(self, script: str) -> None:
        """Run `script`, which leaves the page, and wait for the next page to have loaded. Not at once: a page that is
        left while it is asked gives no answer."""
        self._events.clear()
        await self.tell(f"void setTimeout(() => {{ {script} }})")
        await self._loaded()

    async def arrive(self, part: str) -> None:
        """Wait for it to come, by itself, to an address with `part` in it, since it was last opened or left. Asks the
        page nothing: one that is being replaced does not answer."""
        while not any(part in _went_to(event) for event in self._events):
            self._events.append(await self._next())

    async def tell(self, script: str) -> Any:
        """What `script` evaluates to, awaited if it is a promise."""
        done = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    async def address(self) -> str:
        """The URL in the address bar."""
        return str(await self.tell("location.href"))

    async def text(self) -> str:
        """What a person reads."""
        return str(await self.tell("document.body.innerText"))

    async def _loaded(self) -> None:
        while not any(event.get("method") == "Page.loadEventFired" for event in self._events):
            self._events.append(await self._next())

    async def _next(self) -> dict[str, Any]:
        message = await self._connection.read_message()
        assert message is not None, "the browser went away"
        found: dict[str, Any] = json.loads(message)
        return found


@contextlib.asynccontextmanager
async def chromium(directory: Path, *flags: str) -> AsyncIterator[Page]:
    """A fresh browser with an empty profile in `directory`, started with `flags` too, and its first page."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "these tests drive Chromium: install it (Debian: apt install chromium)"
    log = (directory / "chromium.log").open("wb")
    profile = directory / "profile"
    command = [program, *FLAGS, *flags, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        port = until((profile / "DevToolsActivePort").exists, "Chromium", 60) and _port(profile)
        answer = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/json/list")
        target = next(each for each in json.loads(answer.body) if each["type"] == "page")
        browser = Browser(f"http://127.0.0.1:{port}")
        with contextlib.closing(browser):
            yield await browser.page(target)
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _went_to(event: dict[str, Any]) -> str:
    return str(event["params"]["frame"]["url"]) if event.get("method") == "Page.frameNavigated" else ""


def _port(profile: Path) -> int:
    text = until(lambda: (profile / "DevToolsActivePort").read_text(), "Chromium's port")
    return int(text.splitlines()[0])
