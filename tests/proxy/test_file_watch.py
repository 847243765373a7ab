"""A file that is watched, as editors and deployments treat it. The watch is a thread, so conditions are waited for."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.e2e.waiting import until

from nightlatch.proxy import file_watch
from nightlatch.proxy.file_watch import FileWatch, mark

Watching = Callable[[Path], list[str]]


@pytest.fixture
def watching(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watching]:
    """Watches a file; the list holds its text after the start and every change."""
    monkeypatch.setattr(file_watch, "REST", 0.15)
    monkeypatch.setattr(file_watch, "LOOK_EVERY", 0.2)
    started: list[FileWatch] = []

    def watch(path: Path) -> list[str]:
        seen: list[str] = []
        started.append(FileWatch(path, lambda: seen.append(path.read_text() if path.is_file() else "-")))
        started[-1].start()
        until(lambda: seen, "the first look")
        return seen

    yield watch
    for each in started:
        each.stop()


def _comes(seen: list[str], text: str) -> None:
    until(lambda: seen[-1] == text, f"{text} after {seen}")


def test_a_change_in_place(tmp_path: Path, watching: Watching) -> None:
    path = tmp_path / "p.toml"
    path.write_text("one")
    seen = watching(path)
    path.write_text("two")
    _comes(seen, "two")
    assert seen[0] == "one"


def test_an_editor_that_renames(tmp_path: Path, watching: Watching) -> None:
    path, draft = tmp_path / "p.toml", tmp_path / ".p.toml.swp"
    path.write_text("one")
    seen = watching(path)
    draft.write_text("two")
    path.rename(tmp_path / "p.toml~")
    draft.rename(path)
    _comes(seen, "two")


def test_one_that_goes_comes_back_and_is_a_folder(tmp_path: Path, watching: Watching) -> None:
    path = tmp_path / "p.toml"
    path.write_text("one")
    seen = watching(path)
    path.unlink()
    _comes(seen, "-")
    path.mkdir()
    path.rmdir()
    path.write_text("two")
    _comes(seen, "two")


def test_a_link_whose_target_is_exchanged(tmp_path: Path, watching: Watching) -> None:
    """As a mounted ConfigMap does it."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "p.toml").write_text(name)
    (tmp_path / "data").symlink_to("a")
    (tmp_path / "mounted").mkdir()
    path = tmp_path / "mounted" / "p.toml"
    path.symlink_to(tmp_path / "data" / "p.toml")
    seen = watching(path)
    (tmp_path / "next").symlink_to("b")
    (tmp_path / "next").replace(tmp_path / "data")
    _comes(seen, "b")


def test_a_folder_that_is_made_anew(tmp_path: Path, watching: Watching) -> None:
    path = tmp_path / "etc" / "p.toml"
    seen = watching(path)
    path.parent.mkdir()
    path.write_text("one")
    _comes(seen, "one")
    path.unlink()
    path.parent.rmdir()
    _comes(seen, "-")
    path.parent.mkdir()
    path.write_text("two")
    _comes(seen, "two")


def test_what_is_half_written_is_not_read(tmp_path: Path, watching: Watching) -> None:
    path = tmp_path / "p.toml"
    path.write_text("one")
    seen, done = watching(path), threading.Event()
    with path.open("w") as file:
        for number in range(5):
            file.write(str(number))
            file.flush()
            done.wait(0.03)
    _comes(seen, "01234")
    assert set(seen) == {"one", "01234"}


def test_a_mark_tells_states_apart(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    assert mark(path) is None
    path.write_text("one")
    first = mark(path)
    path.write_text("three")
    assert first != mark(path) is not None
