"""Takes the pictures of the documentation in headless Chromium: the login page of a guarded application half an hour
later, and the dashboard while sessions run out.

Usage: "$(scripts/venv)/bin/python" -m scripts.picture
"""

import asyncio
import sys
import tempfile
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "cli"), str(ROOT / "addons")]

from tests.e2e import processes  # noqa: E402 (the same)
from tests.e2e.chromium import Page, chromium  # noqa: E402 (the same)
from tests.e2e.client import Browser  # noqa: E402 (the same)

from nightlatch_cli.demo import application  # noqa: E402 (needs the paths above)

EXPIRED, DASHBOARD = ROOT / "docs" / "expired.png", ROOT / "docs" / "dashboard.png"
PEOPLE = [part for who in ("ada:admins", "bob", "carol", "dan:staff", "eve") for part in ("--dev-user", who)]


@asynccontextmanager
async def guarded(folder: Path) -> AsyncIterator[processes.Guard]:
    """A guard in front of the demonstration application."""
    server, upstream = application.serve()
    guard = await asyncio.to_thread(processes.run, folder, upstream, "--control", "127.0.0.1:0", *PEOPLE)
    try:
        yield guard
    finally:
        guard.stop()
        server.stop()


async def size(page: Page, width: int, height: int) -> None:
    await page.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)


async def keep(page: Page, picture: Path) -> None:
    shot = await page.call("Page.captureScreenshot", format="png")
    picture.write_bytes(b64decode(shot["data"]))


async def expired(page: Page, guard: processes.Guard) -> None:
    """Log in, let 31 minutes pass, reload, and keep what is to be seen."""
    await size(page, 900, 560)
    await page.open(guard.url)
    await page.leave("document.querySelector('button[name=user]').click()")
    await asyncio.to_thread(guard.must, "clock", "advance", "31m")
    await page.open(f"{guard.url}/reports")
    await keep(page, EXPIRED)


async def dashboard(page: Page, guard: processes.Guard) -> None:
    """People come one after the other and leave their browsers alone; one of them is looked at."""
    await size(page, 1280, 720)
    await page.open(f"{guard.control}/#{guard.token}")
    for user, path in (("ada", "/reports"), ("bob", "/form"), ("carol", "/"), ("dan", "/api/items"), ("ada", "/admin")):
        browser = await asyncio.to_thread(Browser(guard.url).login, user)
        await asyncio.to_thread(browser.navigate, path)
        await asyncio.to_thread(guard.must, "clock", "advance", "6m")
    await asyncio.sleep(2)
    await page.tell("document.querySelectorAll('.row')[1].click()")
    await asyncio.sleep(1)
    await keep(page, DASHBOARD)


async def photograph(folder: Path) -> None:
    async with guarded(folder / "guard") as guard, chromium(folder) as page:
        await dashboard(page, guard)
        await asyncio.to_thread(guard.must, "clock", "reset")
        await expired(page, guard)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(photograph(Path(name)))
