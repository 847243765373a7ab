"""The control API, the dashboard and the JavaScript client on a guard that runs: as their users meet them."""

import asyncio
import json
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e import processes
from tests.e2e.chromium import Page, chromium
from tests.e2e.client import Browser
from tests.e2e.conftest import USERS
from tests.e2e.processes import ROOT, Guard
from tests.e2e.upstream import Upstream
from tests.e2e.waiting import until

WITH_CONTROL = ("--control", "127.0.0.1:0", *USERS)


@pytest.fixture(scope="module")
def controlled(shared_upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guard]:
    guard = processes.run(tmp_path_factory.mktemp("controlled"), shared_upstream.url, *WITH_CONTROL)
    yield guard
    guard.stop()


def test_the_ready_file_has_the_token_and_nobody_else_reads_it(controlled: Guard) -> None:
    file = controlled.directory / "ready.json"
    facts = json.loads(file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert facts["control"].startswith("http://127.0.0.1:") and len(facts["token"]) >= 43
    assert f"dashboard {facts['control']}/#{facts['token']}" in controlled.log


def test_the_client_for_javascript(controlled: Guard) -> None:
    node = shutil.which("node")
    assert node, "this test needs Node 18 or newer: install it (Debian: apt install nodejs)"
    script = ROOT / "tests" / "e2e" / "client.test.mjs"
    env = {**processes.surroundings(), "NIGHTLATCH_READY_FILE": str(controlled.directory / "ready.json")}
    done = subprocess.run(
        [node, "--test", str(script)], env=env, capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


async def _until(page: Page, question: str) -> None:
    """Wait in the page until `question` is true there."""
    async with asyncio.timeout(90):
        await page.tell(
            f"new Promise((done) => {{ const look = () => {question} ? done(1) : setTimeout(look, 50); look(); }})"
        )


def test_the_dashboard_in_a_browser(controlled: Guard, tmp_path: Path) -> None:
    """Somebody logs in, is seen, runs out of time and is told why; the token is nowhere but in the page's memory."""
    controlled.must("clock", "reset")

    async def scenario() -> None:
        async with chromium(tmp_path) as page:
            await page.open(f"{controlled.control}/#{controlled.token}")
            await _until(page, "document.querySelector('.wire.up')")
            assert await page.address() == f"{controlled.control}/"
            kept = "JSON.stringify([localStorage, sessionStorage, document.cookie, document.body.innerHTML])"
            assert controlled.token not in await page.tell(kept)
            browser = Browser(controlled.url).login("ada")
            assert browser.navigate("/").status == 200
            await _until(page, "document.querySelector('.row strong')?.textContent === 'ada'")
            await _until(page, "document.querySelector('.row .last').textContent.startsWith('GET /')")
            await page.tell("document.querySelector('.row').click()")
            await _until(page, "document.querySelector('.timeline li')")
            await page.tell(
                "[...document.querySelectorAll('.actions button')].find((b) => /idle/.test(b.textContent)).click()"
            )
            await _until(page, "/no activity for/.test(document.querySelector('.detail .reason')?.textContent)")
            assert browser.fetch("/").verdict == "expired"

    asyncio.run(scenario())


def test_on_a_telephone_nothing_is_cut_off(controlled: Guard, tmp_path: Path) -> None:
    cut = (
        "[...document.querySelectorAll('.segments, .tools, .tabs')].filter((one) => one.scrollWidth > one.clientWidth)"
    )

    async def scenario() -> None:
        async with chromium(tmp_path) as page:
            phone = {"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": True}
            await page.call("Emulation.setDeviceMetricsOverride", **phone)
            await page.open(f"{controlled.control}/#{controlled.token}")
            await _until(page, "document.querySelector('.wire.up')")
            for view in ("sessions", "events"):
                await page.tell(f"document.querySelector('#tab-{view}').click()")
                assert await page.tell(f"document.querySelectorAll('#view-{view} .segments button').length") > 3
                assert await page.tell(f"{cut}.map((one) => one.className)") == []

    asyncio.run(scenario())


def test_a_mistake_in_the_policy_is_shown_at_its_line(controlled: Guard, tmp_path: Path) -> None:
    type_ = """(() => {{ const area = document.querySelector('textarea'); area.value = {0};
        area.dispatchEvent(new Event('input')); }})()"""

    async def scenario() -> None:
        async with chromium(tmp_path) as page:
            await page.open(f"{controlled.control}/#{controlled.token}")
            await _until(page, "document.querySelector('.wire.up')")
            await page.tell("document.querySelector('#tab-policy').click()")
            await page.tell(type_.format(json.dumps('[session]\nidel = "5m"\n')))
            await _until(page, "document.querySelectorAll('.line')[1].dataset.severity === 'mistake'")
            assert "did you mean" in await page.tell("document.querySelectorAll('.line')[1].textContent")
            assert await page.tell("document.querySelector('.policy .primary').disabled")
            await page.tell(type_.format(json.dumps('[policy]\nname = "shorter"\n[session]\nidle = "5m"\n')))
            await _until(page, "!document.querySelector('.policy .primary').disabled")
            await page.tell("document.querySelector('.policy .primary').click()")
            await _until(page, "document.querySelector('.policy .primary').disabled")

    asyncio.run(scenario())
    assert "shorter" in controlled.must("events", "--type", "policy.loaded")


def test_in_stock_mitmproxy_too(upstream: Upstream, tmp_path: Path) -> None:
    guard = processes.stock(tmp_path / "stock", upstream.url, "nightlatch_control=127.0.0.1:0")
    try:
        assert until(lambda: "dashboard http://127.0.0.1:" in guard.log, "the dashboard's address")
    finally:
        guard.kill()


def test_a_control_api_that_others_could_reach_stops_the_start(upstream: Upstream, tmp_path: Path) -> None:
    guard = processes.start(tmp_path / "open", upstream.url, "--control", "0.0.0.0:0")
    assert guard.process.wait(60) == 3
    assert "can be reached by others" in guard.log
