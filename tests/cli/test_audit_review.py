import json
import sqlite3
from pathlib import Path

import pytest
from tests.cli.bench import nightlatch
from tests.review.kept import fill


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    fill(tmp_path / "ledger.db")
    return tmp_path / "ledger.db"


def test_the_review_is_markdown_or_a_document(ledger: Path) -> None:
    shown = nightlatch("audit", "review", "--since", "off", "--ledger", ledger)
    assert shown.exit_code == 0 and shown.stdout.startswith("# Review of sessions under default")
    document = json.loads(nightlatch("audit", "review", "--since", "off", "--json", "--ledger", ledger).stdout)
    assert document["sessions"]["started"] == 3 and document["polling"]["routes"]


def test_reports_are_written_by_their_endings(ledger: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"review{ending}" for ending in (".html", ".md", ".json")]
    arguments = [part for file in files for part in ("--report", file)]
    result = nightlatch("audit", "review", *arguments, "--ledger", ledger)
    assert result.exit_code == 0 and result.stdout == ""
    assert [file.read_text()[:1] for file in files] == ["<", "#", "{"]
    assert nightlatch("audit", "review", "--report", "review.pdf", "--ledger", ledger).exit_code == 2


def test_a_review_that_was_done_is_noted_and_told_the_next_time(ledger: Path) -> None:
    nightlatch("audit", "review", "--done", "ada", "--ledger", ledger)
    document = json.loads(nightlatch("audit", "review", "--json", "--ledger", ledger).stdout)
    assert document["last"]["by"] == "ada" and document["last"]["changes"] == []
    assert '"by":"ada"' in nightlatch("events", "--type", "audit", "--jsonl", "--ledger", ledger).stdout


def test_a_review_of_which_nothing_can_be_shown_is_not_noted(ledger: Path, tmp_path: Path) -> None:
    report = tmp_path / "gone" / "review.md"
    refused = nightlatch("audit", "review", "--done", "ada", "--report", report, "--ledger", ledger)
    assert refused.exit_code not in (0, 1) and str(report) in refused.stderr
    assert nightlatch("events", "--type", "audit", "--jsonl", "--ledger", ledger).stdout == ""


def test_a_broken_trail_is_a_finding(ledger: Path) -> None:
    connection = sqlite3.connect(ledger, isolation_level=None)
    connection.execute("UPDATE events SET subject = 'x' WHERE id = 2")
    connection.close()
    result = nightlatch("audit", "review", "--ledger", ledger)
    assert result.exit_code == 1 and "The trail is broken: event 2" in result.stdout


def test_what_is_no_duration_is_told(ledger: Path) -> None:
    assert nightlatch("audit", "review", "--since", "soon", "--ledger", ledger).exit_code == 2
