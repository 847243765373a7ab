"""What the tests of this application need: the application for nightlatch to guard, and a browser.

With pytest-playwright the fixture `page` is there already.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.example.app import app


@pytest.fixture(scope="session")
def nightlatch_upstream() -> Callable[..., Any]:
    return app


@pytest.fixture(scope="session")
def nightlatch_options() -> Sequence[str]:
    return ("--policy", str(Path(__file__).with_name("policy.toml")))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for the whole session: while Playwright's synchronous API is open, an event loop runs in this thread, and no
    test beside it could run its own."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        context.set_default_timeout(60_000)
        yield context.new_page()
