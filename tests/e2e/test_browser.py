"""What a person sees in a real browser: the login page, the application, the end of the session, the way back."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from tests.e2e.chromium import Page, chromium
from tests.e2e.conftest import USERS
from tests.e2e.processes import Guard
from tests.e2e.upstream import Upstream

Start = Callable[..., Guard]


async def _log_in(page: Page, user: str) -> None:
    """Fill the login page in as a person would: choose or type the name."""
    script = f"""
    (() => {{
      const button = [...document.querySelectorAll("button[name=user], input[type=radio][name=user]")]
        .find(each => each.value === {user!r});
      const field = document.querySelector("input[name=user]:not([type=radio]):not([type=hidden])");
      if (button && button.tagName === "BUTTON") {{ setTimeout(() => button.click()); return "button" }}
      if (button) button.checked = true; else field.value = {user!r};
      const form = (button || field).form;
      setTimeout(() => form.requestSubmit());
      return "form";
    }})()
    """
    await page.leave(script)


def test_log_in_browse_idle_out_and_come_back(guards: Start, upstream: Upstream, tmp_path: Path) -> None:
    guard = guards(upstream.url, *USERS)

    async def live() -> None:
        async with chromium(tmp_path) as page:
            await page.open(f"{guard.url}/reports?week=3")
            assert (await page.address()).startswith(f"{guard.url}/.nightlatch/login?")
            await _log_in(page, "ada")
            assert await page.address() == f"{guard.url}/reports?week=3"
            assert "the application" in await page.text()

            guard.must("clock", "advance", "31m")
            script = (
                "fetch('/api/items').then(answer => answer.status + ' ' + answer.headers.get('nightlatch-verdict'))"
            )
            assert str(await page.tell(script)).startswith("401 expired; clock=idle; limit=1800")
            await page.open(f"{guard.url}/reports?week=4")
            assert (await page.address()).startswith(f"{guard.url}/.nightlatch/login?")
            assert "30" in await page.text(), "the login page tells which limit ran out"
            await _log_in(page, "ada")
            assert await page.address() == f"{guard.url}/reports?week=4"

    asyncio.run(live())
    assert {seen.target for seen in upstream.seen if seen.target.startswith("/reports")} >= {
        "/reports?week=3",
        "/reports?week=4",
    }


def test_a_page_without_any_external_resource(guards: Start, upstream: Upstream, tmp_path: Path) -> None:
    """The guard's own pages load nothing from elsewhere, and run no script."""
    guard = guards(upstream.url, *USERS)

    async def look() -> None:
        async with chromium(tmp_path) as page:
            await page.open(f"{guard.url}/.nightlatch/login")
            loaded = await page.tell("performance.getEntriesByType('resource').map(each => each.name)")
            assert [name for name in loaded if not name.startswith(guard.url)] == []
            assert "ada" in await page.text()

    asyncio.run(look())


def test_event_stream_in_a_page_is_cut_with_its_session(guards: Start, upstream: Upstream, tmp_path: Path) -> None:
    guard = guards(upstream.url, *USERS)

    async def watch() -> None:
        async with chromium(tmp_path) as page:
            await page.open(f"{guard.url}/")
            await _log_in(page, "bob")
            await page.tell(
                "new Promise(done => { window.heard = 0; window.source = new EventSource('/events');"
                " source.onmessage = () => { if (++heard === 3) done() } })"
            )
            session = await page.tell(
                "fetch('/.nightlatch/session').then(answer => answer.json()).then(told => told.session)"
            )
            cut = "new Promise(done => { source.onerror = () => { source.close(); done('cut') } })"
            waiting = asyncio.ensure_future(page.tell(cut))
            await asyncio.to_thread(guard.must, "sessions", "end", str(session))
            assert await asyncio.wait_for(waiting, 20) == "cut"

    asyncio.run(watch())
