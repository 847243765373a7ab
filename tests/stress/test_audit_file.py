"""Every event is in the audit file, or waits for it."""

from pathlib import Path

import pytest
from scripts.stress import audit_file
from scripts.stress.audit_file import missing
from scripts.stress.opened import writing

from nightlatch.core.events import Event, EventType
from nightlatch.ledger.alerts_port import Delivery


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_file, "PATIENCE", 0)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    with writing(str(tmp_path / "ledger.db")) as writer:
        writer.enlist("file")
        writer.record([Event(EventType.LOGIN_STARTED, 1)] * 3)
    return tmp_path / "ledger.db"


def a_file(folder: Path, *lines: str) -> Path:
    (file := folder / "audit.jsonl").write_text("\n".join(lines))
    return file


def test_lines_may_come_twice_and_one_may_be_cut_off(tmp_path: Path, ledger: Path) -> None:
    file = a_file(tmp_path, '{"id":1}', '{"id":2,"ty', '{"id":2}', '{"id":1}', '{"id":3}', "")
    assert missing(file, str(ledger), 3) == []


def test_one_that_is_missing_is_told(tmp_path: Path, ledger: Path) -> None:
    assert missing(a_file(tmp_path, '{"id":1}', '{"id":3}'), str(ledger), 3) == [
        "1 events are not in the audit file, such as 2"
    ]


def test_one_that_a_kill_left_in_the_ledger_waits_there(tmp_path: Path, ledger: Path) -> None:
    with writing(str(ledger)) as writer:
        assert writer.dispatch("file", after=0, until=3, deliveries=[Delivery("d", "file", 2, "{}")])
    file = a_file(tmp_path, '{"id":1}', '{"id":3}')
    assert missing(file, str(ledger), 3) == [] or missing(file, str(ledger), 3)[0].startswith("1 events")
