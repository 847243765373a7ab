import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.bench import nightlatch
from tests.ledger.samples import T0, a_guard, a_session, an_event, logout

from nightlatch.core.policy import DAY
from nightlatch.ledger.port import LedgerReader
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Path]:
    """Five events, of five days long ago; a session that ended on the first of them, and one that lives."""
    path = tmp_path / "ledger.db"
    writer = open_writer(path)
    for number in range(5):
        writer.record([an_event(at=T0 + number * DAY, session=f"s{number}", subject="alice", network="10.0.0.0/24")])
    writer.create(a_session("gone", source="cookie"), b"gone", [])
    writer.end("gone", logout(T0), an_event(at=T0 + 5 * DAY))
    writer.create(a_session("live"), b"live", [])
    writer.close()
    yield path


@pytest.fixture
def reader(ledger: Path) -> Iterator[LedgerReader]:
    reader = open_reader(ledger)
    yield reader
    reader.close()


def pruned(ledger: Path, *options: str) -> dict[str, int]:
    result = nightlatch("audit", "prune", *options, "--ledger", ledger, "--json")
    assert result.exit_code == 0, result.stderr
    document: dict[str, int] = json.loads(result.stdout)
    return document


def test_pruning_keeps_the_proof(ledger: Path) -> None:
    assert pruned(ledger, "--keep", "1d")["removed"] == 5
    result = nightlatch("audit", "verify", "--ledger", ledger)
    assert result.exit_code == 0 and "2 events fit (after 5 that were pruned)" in result.stdout


def test_sessions_go_with_their_events_and_stay_refused(ledger: Path, reader: LedgerReader) -> None:
    assert pruned(ledger, "--keep", "1d")["sessions"] == 1
    assert [session.id for session in reader.sessions()] == ["live"]
    found = reader.find(b"gone")
    assert found is not None and found.session.end == logout(T0)
    assert nightlatch("sessions", "show", "gone", "--ledger", ledger).exit_code == 1


@pytest.mark.parametrize(
    ("options", "events", "sessions"),
    [
        (("--keep", "off"), 0, 0),
        (("--keep", "off", "--keep-sessions", "30d"), 0, 1),
        (("--keep", "1d", "--keep-sessions", "off"), 5, 0),
    ],
)
def test_each_is_kept_as_long_as_is_said(ledger: Path, options: tuple[str, ...], events: int, sessions: int) -> None:
    document = pruned(ledger, *options)
    assert (document["removed"], document["sessions"]) == (events, sessions)


def test_what_went_is_told(ledger: Path) -> None:
    result = nightlatch("audit", "prune", "--keep", "1d", "--ledger", ledger)
    assert result.stderr == "5 events, 1 sessions and 0 alerts removed\n"


@pytest.mark.parametrize("options", [("--keep", "soon"), ("--keep", "1d", "--keep-sessions", "later")])
def test_what_is_no_duration_is_told(ledger: Path, options: tuple[str, ...]) -> None:
    result = nightlatch("audit", "prune", *options, "--ledger", ledger)
    assert result.exit_code == 2 and options[-2] in result.stderr


def test_a_ledger_is_written_anew_but_not_under_a_guard(ledger: Path, reader: LedgerReader) -> None:
    assert pruned(ledger, "--keep", "off", "--vacuum")["bytes"] >= 0
    assert reader.space().free == 0
    writer = open_writer(ledger)
    writer.announce(a_guard("http://127.0.0.1:1")._replace(pid=os.getpid()))
    writer.close()
    result = nightlatch("audit", "prune", "--keep", "off", "--vacuum", "--ledger", ledger)
    assert (result.exit_code, "stop it first" in result.stderr) == (1, True)
