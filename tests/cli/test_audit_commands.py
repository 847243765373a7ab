import json
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.bench import nightlatch
from tests.ledger.samples import T0, an_event

from nightlatch.ledger.writer import open_writer

DAY = 86_400_000_000


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "ledger.db"
    writer = open_writer(path)
    for number in range(5):
        writer.record([an_event(at=T0 + number * DAY, session=f"s{number}", subject="alice", network="10.0.0.0/24")])
    writer.close()
    yield path


def tamper(ledger: Path) -> None:
    connection = sqlite3.connect(ledger, isolation_level=None)
    connection.execute("UPDATE events SET subject = 'mallory' WHERE id = 2")
    connection.close()


def test_a_whole_trail_is_said_to_be_whole(ledger: Path) -> None:
    result = nightlatch("audit", "verify", "--ledger", ledger)
    assert result.exit_code == 0 and result.stdout.startswith("5 events fit; the newest is 5, with the hash ")
    document = json.loads(nightlatch("audit", "--ledger", ledger, "--json").stdout)
    assert document["ok"] is True and document["events"] == 5 and len(document["hash"]) == 64


def test_the_first_event_that_does_not_fit_is_named(ledger: Path) -> None:
    tamper(ledger)
    result = nightlatch("audit", "verify", "--ledger", ledger)
    assert (result.exit_code, result.stderr) == (1, "event 2 does not fit: its columns differ from its content\n")
    told = nightlatch("audit", "verify", "--ledger", ledger, "--json")
    assert json.loads(told.stdout)["misfit"]["id"] == 2 and told.exit_code == 1


def test_no_checkpoint_vouches_for_a_broken_trail(ledger: Path) -> None:
    tamper(ledger)
    assert nightlatch("audit", "checkpoint", "--ledger", ledger).exit_code == 1


def test_a_checkpoint_signed_with_openssls_key_is_held_against_the_trail(ledger: Path, tmp_path: Path) -> None:
    key, public, kept = tmp_path / "key.pem", tmp_path / "public.pem", tmp_path / "kept"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True)
    kept.write_text(nightlatch("audit", "checkpoint", "--key", key, "--ledger", ledger).stdout)
    against = ("audit", "verify", "--checkpoint", kept, "--ledger", ledger)
    assert nightlatch(*against, "--public-key", public).exit_code == 0
    assert nightlatch(*against).exit_code == 4
    connection = sqlite3.connect(ledger, isolation_level=None)
    connection.execute("DELETE FROM events WHERE id = 5")
    connection.execute("UPDATE sqlite_sequence SET seq = 4 WHERE name = 'events'")
    connection.close()
    result = nightlatch(*against, "--public-key", public)
    assert result.exit_code == 1 and "event 5 does not fit: it is missing, and a checkpoint knows it" in result.stderr


def test_an_unusable_key_or_checkpoint_is_an_unreadable_input(ledger: Path, tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense"
    nonsense.write_text("nonsense")
    for arguments in (("checkpoint", "--key"), ("verify", "--checkpoint")):
        result = nightlatch("audit", *arguments, nonsense, "--ledger", ledger)
        assert result.exit_code == 4 and str(nonsense) in result.stderr


@pytest.mark.parametrize(("format_", "field"), [("jsonl", "type"), ("ecs", "event.action"), ("ocsf", "activity_name")])
def test_an_export_is_a_document_a_line(ledger: Path, format_: str, field: str) -> None:
    lines = nightlatch("audit", "export", "--format", format_, "--ledger", ledger).stdout.splitlines()
    assert [json.loads(line)[field] for line in lines] == ["session.created"] * 5


def test_an_export_leaves_out_what_is_not_to_leave_the_house(ledger: Path) -> None:
    without = ("--without", "network", "--without", "subject")
    for format_ in ("jsonl", "ecs", "ocsf"):
        text = nightlatch("audit", "export", "--format", format_, *without, "--ledger", ledger).stdout
        assert "alice" not in text and "10.0.0.0" not in text and "session.created" in text


@pytest.mark.parametrize("arguments", [("--format", "xml"), ("--type", "nothing"), ("--without", "id")])
def test_what_cannot_be_exported_is_told(ledger: Path, arguments: tuple[str, str]) -> None:
    result = nightlatch("audit", "export", *arguments, "--ledger", ledger)
    assert result.exit_code == 2 and arguments[1] in result.stderr
