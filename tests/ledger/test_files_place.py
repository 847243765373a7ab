"""Whether the files that are open are still the ones at their place: asked on every request, by one look as a rule."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nightlatch.ledger import files
from nightlatch.ledger.files import SETTLED, Place

NAMES = ("ledger.db", "ledger.db-wal", "ledger.db-shm")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "at").mkdir()
    for name in NAMES:
        (tmp_path / "at" / name).write_bytes(b"x")
    return tmp_path / "at"


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The time that `Place` reads; the last one."""
    now = [0]
    monkeypatch.setattr(files, "monotonic_now", lambda: now[-1])
    return now


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by every file that is looked at, the folder apart."""
    seen: list[str] = []
    look = files._file_at

    def noted(name: str) -> files.File:
        seen.append(name)
        return look(name)

    monkeypatch.setattr(files, "_file_at", noted)
    return seen


def settled(place: Place, ticks: list[int]) -> Place:
    for at in (0, SETTLED, SETTLED):
        ticks.append(ticks[-1] + at)
        assert place.is_unchanged()
    return place


def test_once_the_folder_is_quiet_one_look_at_it_does(folder: Path, ticks: list[int], looks: list[str]) -> None:
    place = Place(folder / "ledger.db")
    looks.clear()
    assert place.is_unchanged() and len(looks) == 3
    ticks.append(SETTLED - 1)
    assert place.is_unchanged() and len(looks) == 6, "a change within the kernel's step would not be told by it"
    ticks.append(SETTLED)
    assert place.is_unchanged() and len(looks) == 9
    assert place.is_unchanged() and len(looks) == 9
    (folder / "another").write_bytes(b"")
    assert place.is_unchanged() and len(looks) == 12, "something was changed: it is looked at again"


def _restored(folder: Path, name: str) -> None:
    """Another file in its place, and all times that can be set as they were."""
    before = folder.stat()
    (folder / "new").write_bytes(b"x")
    (folder / "new").replace(folder / name)
    os.utime(folder, ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES: dict[str, Callable[[Path, str], object]] = {
    "removed": lambda folder, name: (folder / name).unlink(),
    "moved": lambda folder, name: (folder / name).rename(folder.parent / name),
    "replaced": _restored,
    "the folder moved": lambda folder, _: folder.rename(folder.parent / "elsewhere"),
    "another folder": lambda folder, _: (
        folder.rename(folder.parent / "old"),
        shutil.copytree(folder.parent / "old", folder),
    ),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_taken_away_is_noticed_at_once(folder: Path, ticks: list[int], change: str, name: str) -> None:
    place = settled(Place(folder / "ledger.db"), ticks)
    CHANGES[change](folder, name)
    assert not place.is_unchanged()
    assert not place.is_unchanged()


def test_a_ledger_by_a_link_is_looked_at_where_it_is(folder: Path, ticks: list[int], tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(folder / "ledger.db")
    place = settled(Place(link), ticks)
    (folder / "ledger.db").unlink()
    assert not place.is_unchanged()


def test_where_nothing_was_opened_nothing_is_there(tmp_path: Path) -> None:
    assert not Place(tmp_path / "ledger.db").is_unchanged()
