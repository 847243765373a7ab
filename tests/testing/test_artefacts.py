import sqlite3
from pathlib import Path

import pytest

from nightlatch.ledger.writer import open_writer
from nightlatch.testing import artefacts
from nightlatch.testing.guard_process import Files


def test_what_is_of_the_tests_own_time_is_kept(tmp_path: Path) -> None:
    files = Files(tmp_path / "ledger.db", tmp_path / "guard.log", tmp_path / "recording.jsonl")
    open_writer(files.ledger).close()
    files.log.write_text("earlier\n")
    files.recording.write_text("head\nearlier\n")
    begun = artefacts.marks(files)
    files.log.write_text("earlier\nnow\n")
    files.recording.write_text("head\nearlier\nnow\n")
    place = artefacts.keep(tmp_path / "kept", "tests/test_a.py::test_b[/x y]", files, begun, ["why"])
    assert place.name == "tests-test_a.py-test_b-x-y"
    assert (place / "explain.txt").read_text() == "why\n"
    assert (place / "guard.log").read_text() == "now\n"
    assert (place / "recording.jsonl").read_text() == "head\nnow\n"
    copy = sqlite3.connect(place / "ledger.db")
    assert copy.execute("select count(*) from sessions").fetchone() == (0,)
    copy.close()


def test_of_somebody_elses_guard_the_explanation_is_kept(tmp_path: Path) -> None:
    place = artefacts.keep(tmp_path, "t", None, artefacts.marks(None), ["why"])
    assert [each.name for each in place.iterdir()] == ["explain.txt"]


def test_a_ledger_that_cannot_be_copied_is_no_second_failure(tmp_path: Path) -> None:
    files = Files(tmp_path / "none.db", tmp_path / "none.log", tmp_path / "none.jsonl")
    place = artefacts.keep(tmp_path / "kept", "t", files, artefacts.marks(files), ["why"])
    assert "There is no ledger" in (place / "ledger.txt").read_text()


@pytest.mark.parametrize("name", ["", "..", "../../etc", "/", "a" * 500, "x\n\x1b[2J"])
def test_a_folder_stays_where_it_belongs(name: str) -> None:
    folder = artefacts.folder_name(name)
    assert folder and len(folder) <= artefacts.LONGEST
    assert "/" not in folder and not folder.startswith(".") and folder.isprintable()


def test_nothing_is_said_twice() -> None:
    failure = "AssertionError: no\n\nE   Session a lives.\nE   ..."
    explained = ["Session a lives.\n\n12:00", "Session b lives.\n\n12:01"]
    assert artefacts.unsaid(explained, failure) == explained[1:]
