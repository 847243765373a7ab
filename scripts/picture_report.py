"""Takes the picture of a replay's report: an invented office under two policies, in headless Chromium.

Usage: "$(scripts/venv)/bin/python" -m scripts.picture_report
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from base64 import b64decode
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "cli"), str(ROOT / "addons")]

from scripts.bench_processes import environment, nightlatch  # noqa: E402 (needs the paths above)
from scripts.office import entries  # noqa: E402 (the same)
from tests.e2e.chromium import chromium  # noqa: E402 (the same)

PICTURE = ROOT / "docs" / "report.png"
POLICY = """[policy]
name = "acme-web"
[session]
idle = "15m"
absolute = "10h"
[activity]
passive = [{ path = "/api/notifications" }, { path = "/api/presence" }, { path = "/oauth/token" }]
"""
CLIP = {"x": 0, "y": 0, "width": 1180, "height": 2080, "scale": 0.75}


async def photograph(folder: Path) -> None:
    """Write the traffic, replay it, and keep the top of the page."""
    capture, policy, report = folder / "office.har", folder / "acme.toml", folder / "report.html"
    capture.write_text(json.dumps({"log": {"version": "1.2", "entries": entries(24, 2, 7)}}))
    policy.write_text(POLICY)
    command = nightlatch("replay", capture.name, "--policy", policy.name, "--against", "default", "--report", report)
    subprocess.run(command, check=True, cwd=folder, env=environment(), capture_output=True)
    async with chromium(folder) as page:
        size = {"width": CLIP["width"], "height": CLIP["height"], "deviceScaleFactor": 1, "mobile": False}
        await page.call("Emulation.setDeviceMetricsOverride", **size)
        await page.open(report.as_uri())
        await page.tell("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))")
        shot = await page.call("Page.captureScreenshot", format="png", clip=CLIP)
        PICTURE.write_bytes(b64decode(shot["data"]))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(photograph(Path(name)))
