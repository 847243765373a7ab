"""Takes the README's picture: the login page of a guarded application half an hour later, in headless Chromium.

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
from tests.e2e.chromium import chromium  # noqa: E402 (the same)

from nightlatch_cli.demo import application  # noqa: E402 (needs the paths above)

PICTURE = ROOT / "docs" / "expired.png"
SIZE = {"width": 900, "height": 560, "deviceScaleFactor": 1, "mobile": False}


async def photograph(folder: Path) -> None:
    """Log in, let 31 minutes pass, reload, and keep what is to be seen."""
    server, upstream = application.serve()
    guard = await asyncio.to_thread(processes.run, folder, upstream, "--dev-user", "ada:admins", "--dev-user", "bob")
    try:
        async with chromium(folder) as page:
            await page.call("Emulation.setDeviceMetricsOverride", **SIZE)
            await page.open(guard.url)
            await page.leave("document.querySelector('button[name=user]').click()")
            await asyncio.to_thread(guard.must, "clock", "advance", "31m")
            await page.open(f"{guard.url}/reports")
            shot = await page.call("Page.captureScreenshot", format="png")
            PICTURE.write_bytes(b64decode(shot["data"]))
    finally:
        guard.stop()
        server.stop()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(photograph(Path(name)))
