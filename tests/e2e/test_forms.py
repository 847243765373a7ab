"""Nothing typed is lost: a real browser, a form with files, an expired session, and the application's own count."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from tests.e2e.chromium import Page, chromium
from tests.e2e.client import NAVIGATION, Browser
from tests.e2e.conftest import USERS
from tests.e2e.processes import Guard
from tests.e2e.upstream import Reply, Upstream

Start = Callable[..., Guard]

FORM = """<!doctype html><meta charset=utf-8><title>order</title>
<form method=post action="/order?week=3" enctype="multipart/form-data">
<input name=tag value="first &quot;one&quot;"><input name=tag value="second"><input name=empty>
<textarea name=note>Grüße\nfrom two lines</textarea><input type=file name=scan multiple>
<button name=go value=now>Send</button></form>"""
SAVED = '<!doctype html><title>saved</title><a href="detail">relative</a>'
SCAN = bytes(range(256)) * 16 + b"\r\n--not-a-boundary\r\n"


def _choose(user: str) -> str:
    return f"document.querySelector('button[name=user][value={user}]').click()"


def _press(text: str) -> str:
    return f"[...document.querySelectorAll('button')].find(each => each.innerText === {text!r}).click()"


async def _attach(page: Page, *files: Path) -> None:
    document = await page.call("DOM.getDocument")
    found = await page.call("DOM.querySelector", nodeId=document["root"]["nodeId"], selector="input[type=file]")
    await page.call("DOM.setFileInputFiles", files=[str(file) for file in files], nodeId=found["nodeId"])


def _posts(upstream: Upstream) -> list[bytes]:
    return [seen.body for seen in upstream.seen if seen.method == "POST" and seen.target == "/order?week=3"]


def test_a_form_with_files_survives_its_session(guards: Start, upstream: Upstream, tmp_path: Path) -> None:
    guard = guards(upstream.url, *USERS)
    upstream.replies["/order"] = Reply(body=FORM.encode())
    (tmp_path / "scan.bin").write_bytes(SCAN)
    (tmp_path / "ünicode.txt").write_text("text")
    before = _posts(upstream)

    async def live() -> None:
        async with chromium(tmp_path) as page:
            await page.open(f"{guard.url}/order")
            await page.leave(_choose("ada"))
            await _attach(page, tmp_path / "scan.bin", tmp_path / "ünicode.txt")
            await page.leave(_press("Send"))
            assert len(_posts(upstream)) == len(before) + 1, "while the session lives it just arrives"

            await page.open(f"{guard.url}/order")
            await _attach(page, tmp_path / "scan.bin", tmp_path / "ünicode.txt")
            guard.must("clock", "advance", "31m")
            await page.leave(_press("Send"))
            assert "it is kept for ten minutes" in await page.text()
            await page.leave(_choose("ada"))
            question = await page.text()
            for shown in ("/order?week=3", 'first "one"', "second", "Grüße", "scan.bin", "ünicode.txt", "4,116 bytes"):
                assert shown in question, question
            assert len(_posts(upstream)) == len(before) + 1, "nothing is sent before the person says so"

            upstream.replies["/order"] = Reply(body=SAVED.encode())
            await page.leave(_press("Send it now"))
            assert await page.tell("document.title") == "saved"
            assert await page.tell("document.querySelector('a').href") == f"{guard.url}/detail"
            await page.leave("location.reload()")
            assert "was sent already" in await page.text()

    asyncio.run(live())
    direct, kept = _posts(upstream)[len(before) :]
    assert _without_boundary(kept) == _without_boundary(direct), "sent as a live session would have sent it"


def _without_boundary(body: bytes) -> list[bytes]:
    return body.split(body.split(b"\r\n", 1)[0])


def test_somebody_else_at_the_same_browser_sees_and_sends_nothing(
    guards: Start, upstream: Upstream, tmp_path: Path
) -> None:
    guard = guards(upstream.url, *USERS)
    upstream.replies["/order"] = Reply(body=FORM.encode())
    before = _posts(upstream)

    async def live() -> None:
        async with chromium(tmp_path) as page:
            await page.open(f"{guard.url}/order")
            await page.leave(_choose("ada"))
            guard.must("clock", "advance", "31m")
            await page.leave(_press("Send"))
            await page.leave(_choose("bob"))
            assert await page.address() == f"{guard.url}/order?week=3" and "Grüße" not in await page.text()
            await page.open(f"{guard.url}/.nightlatch/form")
            assert "no form here" in await page.text()
            await page.open(f"{guard.url}/order")
            await page.tell("fetch('/.nightlatch/logout', {method: 'POST'}).then(answer => answer.status)")
            await page.open(f"{guard.url}/order?week=3")
            await page.leave(_choose("ada"))
            await page.leave(_press("Discard it"))
            assert await page.address() == f"{guard.url}/order"

    asyncio.run(live())
    assert _posts(upstream) == before


def test_what_a_script_sends_is_told_that_nothing_was_written(guard: Guard, upstream: Upstream) -> None:
    stranger = Browser(guard.url)
    with upstream.untouched():
        answer = stranger.fetch("/api/items", "POST", b'{"a": 1}', content_type="application/json")
    assert answer.status == 401 and "Nothing was written" in answer.text


def test_a_forged_send_reaches_nobody(guard: Guard, upstream: Upstream) -> None:
    visitor = Browser(guard.url).login("ada")
    with upstream.untouched():
        for target in ("/order?nightlatch-kept=abc", "/order?a=1&nightlatch-kept=", "//x/?nightlatch-kept=abc"):
            form = {**NAVIGATION, "Origin": guard.url, "Sec-Fetch-Site": "same-origin"}
            assert visitor.ask("POST", target, form, b"a=1").status == 410
