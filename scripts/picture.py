"""Takes the pictures of the documents, in headless Chromium: a session about to end, the login page half an hour
later, and a form that came too late.

Usage: "$(scripts/venv)/bin/python" -m scripts.picture
"""

import asyncio
import sys
import tempfile
from base64 import b64decode
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "cli"), str(ROOT / "addons")]

from tests.e2e import processes  # noqa: E402 (the same)
from tests.e2e.chromium import Page, chromium  # noqa: E402 (the same)

from nightlatch_cli.demo import application  # noqa: E402 (needs the paths above)

DOCS = ROOT / "docs"
SIZE = {"width": 900, "height": 600, "deviceScaleFactor": 1, "mobile": False}
USERS = ("--dev-user", "ada:admins", "--dev-user", "bob")
CHOOSE = "document.querySelector('button[name=user]').click()"
WARNED = """new Promise(done => { const look = () =>
  document.querySelector('#nightlatch-notice')?.shadowRoot.querySelector('.notice') ? setTimeout(done, 500)
  : setTimeout(look, 50); dispatchEvent(new Event('focus')); look() })"""
SAVE = "document.querySelector('input').value = 'An hour of work', document.querySelector('form').submit()"


async def keep(page: Page, name: str) -> None:
    """What is to be seen now, as docs/NAME.png."""
    shot = await page.call("Page.captureScreenshot", format="png")
    (DOCS / f"{name}.png").write_bytes(b64decode(shot["data"]))


async def photograph(folder: Path) -> None:
    """Log in, let time pass, and keep what is to be seen."""
    server, upstream = application.serve()
    guard = await asyncio.to_thread(processes.run, folder, upstream, *USERS, "--notice")
    try:
        async with chromium(folder) as page:
            await page.call("Emulation.setDeviceMetricsOverride", **SIZE)
            await page.open(f"{guard.url}/reports")
            await asyncio.to_thread(guard.must, "clock", "freeze")
            await page.leave(CHOOSE)
            await asyncio.to_thread(guard.must, "clock", "advance", "28m40s")
            await page.tell(WARNED)
            await keep(page, "notice")
            await asyncio.to_thread(guard.must, "clock", "advance", "140s")
            await page.open(f"{guard.url}/reports")
            await keep(page, "expired")
            await page.leave(CHOOSE)
            await page.open(f"{guard.url}/form")
            await asyncio.to_thread(guard.must, "clock", "advance", "31m")
            await page.leave(SAVE)
            await page.leave(CHOOSE)
            await keep(page, "kept-form")
    finally:
        guard.stop()
        server.stop()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(photograph(Path(name)))
