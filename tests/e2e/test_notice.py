"""The notice in a real browser: in time, in every tab, under a Content-Security-Policy, and never activity itself."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from tests.e2e import processes
from tests.e2e.chromium import Page, chromium
from tests.e2e.conftest import USERS
from tests.e2e.processes import Guard
from tests.e2e.upstream import Reply, Upstream

Story = Callable[[Guard, Page], Awaitable[None]]
Live = Callable[..., None]
APP = (
    "<!doctype html><html><head><title>app</title></head><body><textarea id=note></textarea>"
    "<dialog id=modal><p>a modal dialog</dialog>"
)
HTML = ("Content-Type", "text/html; charset=utf-8")
NOTICE = """(() => {
  const host = document.getElementById('nightlatch-notice'), root = host && host.shadowRoot;
  const box = root && root.querySelector('.notice');
  if (!box) return {role: '', text: '', focus: document.activeElement.id, parent: ''};
  const focus = root.activeElement ? root.activeElement.innerText : document.activeElement.id;
  return {role: box.getAttribute('role'), text: box.innerText, focus, parent: host.parentNode.id || 'body',
          border: getComputedStyle(box).borderTopWidth, spoken: root.querySelector('.spoken').textContent};
})()"""
DISPLAY = "getComputedStyle(document.documentElement).display"
NO_BFCACHE = "--disable-back-forward-cache"
PROBE = "fetch('/.nightlatch/session').then(answer => answer.json()).then(told => told.clocks.idle.remaining)"


def _press(text: str) -> str:
    return (
        "[...document.getElementById('nightlatch-notice').shadowRoot.querySelectorAll('button, a')]"
        f".find(each => each.innerText === {text!r}).click()"
    )


async def _notice(page: Page, text: str) -> dict[str, Any]:
    """The notice, once it says `text`; an empty text waits for it to be gone."""
    deadline = monotonic() + 30
    while True:
        seen: dict[str, Any] = await page.tell(NOTICE)
        if (text in seen["text"]) if text else not seen["text"]:
            return seen
        assert monotonic() < deadline, f"waited for {text!r}, saw {seen}"
        await page.tell("new Promise(done => setTimeout(done, 100))")


async def _held(page: Page) -> None:
    """Once the page has asked, and waits for the answer."""
    async with asyncio.timeout(30):
        await page.tell("new Promise((done) => { const look = () => held.length ? done() : later(look, 20); look(); })")


async def _advance(guard: Guard, by: str, page: Page) -> None:
    """Time passes, and the person looks at the tab again."""
    await asyncio.to_thread(guard.must, "clock", "advance", by)
    await page.call("Page.bringToFront")
    await page.tell("window.dispatchEvent(new Event('focus'))")


async def _open(page: Page, guard: Guard, path: str = "/app") -> None:
    await page.open(guard.url + path)
    if "/.nightlatch/login" in await page.address():
        await page.leave("document.querySelector('button[name=user]').click()")
    await page.tell("new Promise(done => setTimeout(done, 0))")


@pytest.fixture(scope="module")
def noticing(shared_upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guard]:
    """A guard that puts the notice into pages, for all tests here: every browser has its own session."""
    folder = tmp_path_factory.mktemp("noticing")
    policy = "[session]\nidle = '30m'\nabsolute = '8h'\n[login]\npublic = ['/open']\n"
    (folder / "policy.toml").write_text(policy)
    guard = processes.run(folder, shared_upstream.url, *USERS, "--notice", "--policy", str(folder / "policy.toml"))
    yield guard
    guard.stop()


@pytest.fixture
def live(noticing: Guard, upstream: Upstream, tmp_path: Path) -> Live:
    """Runs a story with that guard and a browser that is started with these flags."""
    upstream.replies["/app"] = Reply(headers=(HTML,), body=APP.encode())

    def run(story: Story, *flags: str) -> None:
        async def told() -> None:
            async with chromium(tmp_path, *flags) as page:
                await story(noticing, page)

        asyncio.run(told())

    return run


def test_it_warns_in_time_in_both_tabs_and_one_extends_for_both(live: Live) -> None:
    async def story(guard: Guard, page: Page) -> None:
        await _open(page, guard)
        other = await page.beside()
        await _open(other, guard)
        await _notice(page, "")
        await _advance(guard, "27m", page)
        assert (await page.tell(PROBE)) < 181 and (await page.tell(NOTICE))["text"] == "", "three minutes are left"

        await _advance(guard, "90s", page)
        seen = await _notice(page, "You will be logged out in 1 minute")
        assert (seen["role"], seen["focus"], seen["border"]) == ("alertdialog", "Stay signed in", "4px")
        await _notice(other, "You will be logged out in 1 minute")
        assert await page.tell(PROBE) < 100, "showing it was no activity"

        await page.tell(_press("Stay signed in"))
        await _notice(page, "")
        await _notice(other, "")
        assert await page.tell(PROBE) > 1780

    live(story)


def test_of_absolute_it_says_that_it_cannot_be_moved(live: Live) -> None:
    async def story(guard: Guard, page: Page) -> None:
        await _open(page, guard)
        hear = "addEventListener('nightlatch:warning', event => told.push(event.detail.clock))"
        await page.tell(f"window.told = [], {hear}")
        # Eight hours go by; the page sees what the guard would tell it after a request every 29 minutes.
        clocks = {"idle": {"limit": 1800, "remaining": 1700}, "absolute": {"limit": 28800, "remaining": 90}}
        answer = json.dumps(json.dumps({"authenticated": True, "clocks": clocks}))
        await page.tell(f"void (window.fetch = async () => new Response({answer}))")
        await page.tell("window.dispatchEvent(new Event('focus'))")
        seen = await _notice(page, "as long as it may be")
        assert "Stay signed in" not in seen["text"] and seen["focus"] == "Dismiss"
        assert await page.tell("told") == ["absolute"]

    live(story)


def test_what_happens_while_the_page_asks_is_asked_for_anew(live: Live) -> None:
    """The clock is moved a second time while an answer from before is on its way; no timer of the page helps."""
    told = "{authenticated: true, clocks: {idle: {limit: 1800, remaining}}}"

    async def story(guard: Guard, page: Page) -> None:
        await _open(page, guard)
        await _advance(guard, "28m30s", page)
        await _notice(page, "You will be logged out in 1 minute")
        await page.tell(
            "window.later = setTimeout; window.setTimeout = (act, ms) => ms < 1000 ? later(act, ms) : 0;"
            "window.held = []; window.fetch = () => new Promise((done) => held.push(done));"
            f"window.answer = (remaining) => held.pop()(new Response(JSON.stringify({told}))); 0"
        )
        await page.tell("window.dispatchEvent(new Event('focus'))")
        await _held(page)
        await page.tell("window.dispatchEvent(new Event('focus'))")
        await page.tell("answer(80)")
        await _held(page)
        await page.tell("answer(30)")
        await _notice(page, "You will be logged out in 29 seconds")

    live(story)


def test_whoever_types_keeps_the_focus_and_what_was_typed_after_the_end(live: Live) -> None:
    async def story(guard: Guard, page: Page) -> None:
        await _open(page, guard)
        await page.tell("note.focus(), note.value = 'an hour of work'")
        await _advance(guard, "29m", page)
        seen = await _notice(page, "Stay signed in")
        assert (seen["role"], seen["focus"]) == ("region", "note")
        await page.tell(
            f"document.getElementById('nightlatch-notice').shadowRoot.querySelector('button').focus(), {NOTICE}"
        )
        await page.call("Input.dispatchKeyEvent", type="keyDown", key="Escape", code="Escape")
        assert (await _notice(page, ""))["focus"] == "note"

        await _advance(guard, "2m", page)
        await _notice(page, "Your session has ended")
        other = await page.beside()
        await _open(other, guard)
        await _notice(page, "")
        assert await page.tell("note.value") == "an hour of work"

    live(story)


def test_it_is_within_reach_of_a_modal_dialog(live: Live) -> None:
    async def story(guard: Guard, page: Page) -> None:
        await _open(page, guard)
        await page.tell("modal.showModal()")
        await _advance(guard, "29m", page)
        assert (await _notice(page, "Stay signed in"))["parent"] == "modal"

    live(story)


@pytest.mark.parametrize(
    "policy",
    [
        "default-src 'self'; style-src 'none'; require-trusted-types-for 'script'",
        "script-src 'nonce-r4nd0m'; style-src 'none'",
    ],
)
def test_it_runs_under_the_applications_own_policy(live: Live, upstream: Upstream, policy: str) -> None:
    upstream.replies["/app"] = Reply(headers=(HTML, ("Content-Security-Policy", policy)), body=APP.encode())

    async def story(guard: Guard, page: Page) -> None:
        await _open(page, guard)
        await _advance(guard, "29m", page)
        assert (await _notice(page, "Stay signed in"))["border"] == "4px"

    live(story)


async def _log_out(page: Page) -> None:
    out = "const form = document.createElement('form'); form.method = 'post'; form.action = '/.nightlatch/logout';"
    await page.leave(f"{{ {out} document.body.append(form); form.submit() }}")
    assert "Your session has ended" in await page.text()


@pytest.mark.parametrize("flags", [(), (NO_BFCACHE,)], ids=["bfcache", "http_cache"])
def test_after_a_logout_the_back_button_shows_nothing(live: Live, flags: tuple[str, ...]) -> None:
    async def story(guard: Guard, page: Page) -> None:
        await _open(page, guard)
        await _notice(page, "")
        await page.tell("document.title = 'secret'")
        await _log_out(page)
        await page.leave("history.back()")
        async with asyncio.timeout(30):
            await page.arrive("/.nightlatch/login")

    live(story, *flags)


def test_a_page_that_anybody_may_see_comes_back_as_it_was(live: Live, upstream: Upstream) -> None:
    """One that names the script itself: it is shown again, and not loaded anew, which would cost what was typed."""
    body = "<!doctype html><title>app</title><script src=/.nightlatch/notice.js defer></script><p>for all"
    upstream.replies["/open"] = Reply(headers=(HTML,), body=body.encode())

    async def story(guard: Guard, page: Page) -> None:
        await page.open(guard.url + "/open")
        await page.open(guard.url + "/.nightlatch/logged-out")
        await page.leave("history.back()")
        deadline = monotonic() + 30
        while not any(each.method == "HEAD" for each in upstream.seen) or await page.tell(DISPLAY) != "block":
            assert monotonic() < deadline, [each[:2] for each in upstream.seen]
            await page.tell("new Promise(done => setTimeout(done, 20))")
        assert await page.tell("performance.getEntriesByType('navigation')[0].type") == "back_forward"

    live(story, NO_BFCACHE)
