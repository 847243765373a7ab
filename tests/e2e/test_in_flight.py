"""What a page in a real browser sees when its session ends under it, or is over: sockets, streams, scripts of another
origin, a service worker, a frame; and the same page behind another system."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

from tests.e2e.chromium import Page, chromium
from tests.e2e.conftest import USERS
from tests.e2e.processes import Guard
from tests.e2e.upstream import Reply, Upstream

Start = Callable[..., Guard]

SCRIPT = (("Content-Type", "text/javascript"),)
WORKER = b"addEventListener('fetch', event => event.respondWith(fetch(event.request)));"
OPEN = """
(async () => {
  window.ends = [];
  const open = number => new Promise(done => {
    const socket = new WebSocket(location.origin.replace("http", "ws") + "/ws");
    socket.onopen = () => done();
    socket.onclose = event => ends.push([event.code, event.reason]);
  });
  await Promise.all([1, 2, 3].map(open));
  await new Promise(done => {
    window.source = new EventSource("/events");
    source.onmessage = () => done();
    source.onerror = () => { source.close(); ends.push("stream") };
  });
  return (await (await fetch("/.nightlatch/session")).json()).session;
})()
"""
ENDS = "new Promise(done => { const look = () => ends.length < 4 ? setTimeout(look, 10) : done(ends); look() })"
WORKING = """
(async () => {
  await navigator.serviceWorker.register("/sw.js");
  await navigator.serviceWorker.ready;
})()
"""
FRAME = """
new Promise(done => {
  const frame = document.createElement("iframe");
  frame.src = "/inner";
  frame.onload = () => {
    if (!frame.contentDocument) return done(["blocked"]);
    const link = frame.contentDocument.querySelector("a");
    done([frame.contentDocument.body.innerText, link && link.target, link && link.getAttribute("href")]);
  };
  document.body.append(frame);
})
"""


def asking(url: str) -> str:
    """A script that tells what a fetch of `url` with credentials comes to."""
    return f"""
    fetch({url!r}, {{credentials: "include"}}).then(
      async answer => [answer.status, answer.headers.get("nightlatch-verdict"), await answer.json().catch(() => null)],
      error => [String(error)])
    """


async def log_in(page: Page, guard: Guard) -> None:
    """As a person does, at the first of the users."""
    await page.open(f"{guard.url}/")
    await page.leave("document.querySelector('button[name=user]').click()")
    assert await page.address() == f"{guard.url}/"


def test_what_is_open_and_what_comes_after(guards: Start, upstream: Upstream, tmp_path: Path) -> None:
    upstream.replies["/sw.js"] = Reply(headers=SCRIPT, body=WORKER)
    guard = guards(upstream.url, *USERS, "--public", "/sw.js")

    async def scenario() -> None:
        async with chromium(tmp_path) as page:
            await log_in(page, guard)
            session = await page.tell(OPEN)
            await asyncio.to_thread(guard.must, "sessions", "end", str(session))
            told = await page.tell(ENDS)
            assert sorted(map(json.dumps, told)) == ['"stream"', *['[1008, "session refused"]'] * 3]
            await _over(page, guard)
            await page.tell(WORKING)
            await page.open(f"{guard.url}/deep")  # through the service worker
            assert (await page.address()).startswith(f"{guard.url}/.nightlatch/login?return_to=%2Fdeep")
            await page.open(f"{upstream.url}/")  # another origin, with the cookie along
            status, verdict, document = await page.tell(asking(f"{guard.url}/api"))
            assert (status, document["verdict"]) == (401, "login") and str(verdict).startswith("login")
            assert document["login_url"] == f"{guard.url}/.nightlatch/login"

    asyncio.run(scenario())


async def _over(page: Page, guard: Guard) -> None:
    """The page still stands, and its session is over: a script is told, and a frame has a way out."""
    status, verdict, document = await page.tell(asking("/api"))
    assert (status, document["verdict"]) == (401, "refused") and str(verdict).startswith("refused; ")
    text, target, link = await page.tell(FRAME)
    assert "login" in text and (target, link) == ("_top", "/.nightlatch/login?return_to=%2F")
    later = await page.tell(
        "new Promise(done => { const socket = new WebSocket(location.origin.replace('http', 'ws') +"
        " '/ws'); socket.onclose = event => done(event.code) })"
    )
    assert later == 1006  # all that a browser tells of a handshake that was refused


def test_a_front_end_behind_another_system(guards: Start, upstream: Upstream, tmp_path: Path) -> None:
    guard = guards(upstream.url, *USERS, "--respond-as", "envoy")

    async def scenario() -> None:
        async with chromium(tmp_path) as page:
            await log_in(page, guard)
            session = await page.tell("fetch('/.nightlatch/session').then(a => a.json()).then(told => told.session)")
            await asyncio.to_thread(guard.must, "expire", str(session), "--when", "next-request")
            assert await page.tell(asking("/api")) == ["TypeError: Failed to fetch"]
            await page.open(f"{guard.url}/again")
            assert (await page.address()).startswith(f"{guard.url}/.nightlatch/login?return_to=%2Fagain")

    asyncio.run(scenario())
