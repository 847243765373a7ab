import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.bench import Bench

from nightlatch.clock import wall_now
from nightlatch.core.events import Event, EventType
from nightlatch.core.policy_toml import version_of
from nightlatch.ledger.policies_port import PolicyChange
from nightlatch.ledger.port import LedgerReader
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer
from nightlatch_cli.checks import Health
from nightlatch_cli.checks_policies import check_policies

TEXT = '[session]\nidle = "5m"\n'
VERSION = version_of(TEXT)


@pytest.fixture
def file(bench: Bench, tmp_path: Path) -> Path:
    """A policy file with which a running guard was started."""
    path = tmp_path / "acme.toml"
    path.write_text(TEXT)
    change = PolicyChange(str(path), "acme", VERSION, wall_now(), "ada", "start", None, VERSION)
    writer = open_writer(bench.path)
    writer.change_policy(change, TEXT, Event(EventType.POLICY_LOADED, wall_now(), policy=VERSION))
    writer.close()
    bench.announce(source=str(path), version=VERSION, pid=os.getpid())
    return path


@pytest.fixture
def reader(bench: Bench) -> Iterator[LedgerReader]:
    reader = open_reader(bench.path)
    yield reader
    reader.close()


def test_all_agree(file: Path, reader: LedgerReader) -> None:
    (check,) = check_policies(reader)
    assert (check.health, VERSION in check.message) == (Health.OK, True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[session]\nidel = '5m'\n", "line 2"),
        ('[session]\nidle = "9m"\n', "is in force, by start of ada, and not"),
        (None, "no file"),
    ],
)
def test_the_file_is_not_what_is_in_force(file: Path, reader: LedgerReader, text: str | None, told: str) -> None:
    file.unlink() if text is None else file.write_text(text)
    (check,) = check_policies(reader)
    assert check.health is Health.WARN
    assert told in check.message and VERSION in check.message


def test_a_guard_that_goes_its_own_way(bench: Bench, file: Path, reader: LedgerReader) -> None:
    bench.announce(source=str(file), version="0" * 12, pid=os.getpid(), url="http://127.0.0.1:9999")
    (check,) = check_policies(reader)
    assert (check.health, "http://127.0.0.1:9999" in check.message) == (Health.FAIL, True)


def test_guards_that_were_stopped_say_nothing(bench: Bench, reader: LedgerReader) -> None:
    assert list(check_policies(reader)) == []
