"""The tour as a user runs it: every step as expected, the page's copy of it true, and a wrong policy noticed."""

import re
from pathlib import Path

import pytest
from tests.cli.bench import ROOT, spawn

from nightlatch_cli.demo import tour


@pytest.fixture(scope="module")
def told() -> str:
    """What `nightlatch demo --tour` prints."""
    done = spawn("demo", "--tour")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _timeless(text: str) -> list[str]:
    """Without ports and ids."""
    return re.sub(r"127\.0\.0\.1:\d+|(?<=end )[a-z0-9]{12}", "…", text).strip().splitlines()


def test_every_chapter_is_told_and_as_expected(told: str) -> None:
    for chapter in ("A stranger at the door", "Idle: 30 minutes", "Absolute: 8 hours", "Revoked", "What the ledger"):
        assert chapter in told
    assert "NOT" not in told
    assert told.endswith("Everything as expected.\n")
    assert "elapsed=28800" in told


def test_the_ledger_remembers_it(told: str) -> None:
    remembered = told.partition("What the ledger remembers")[2]
    for event in ("session.created", "session.expired", "session.ended", "session.reused_after_end"):
        assert event in remembered


def test_the_page_shows_it_as_it_is(told: str) -> None:
    page = (ROOT / "docs" / "guard.md").read_text(encoding="utf-8")
    shown = page.partition("<!-- tour:begin -->\n```text\n")[2].partition("```\n<!-- tour:end -->")[0]
    assert _timeless(shown) == _timeless(told.partition("\nWhat the ledger remembers")[0])


def test_another_policy_is_noticed() -> None:
    """The tour would fail if the guard judged otherwise: here by a policy with other limits."""
    code = (
        "import sys; from nightlatch_cli.demo import tour; tour.POLICY = 'strict';"
        "sys.argv = ['nightlatch', 'demo', '--tour']; from nightlatch_cli.app import main; main()"
    )
    done = spawn(code=code)
    assert done.returncode == 1
    assert "NOT" in done.stdout
    assert "not as expected. The guard said:" in done.stdout


def test_its_policy_has_the_limits_it_tells() -> None:
    text = (Path(ROOT) / "policies" / f"{tour.POLICY}.toml").read_text()
    assert 'idle = "30m"' in text
    assert 'absolute = "8h"' in text
