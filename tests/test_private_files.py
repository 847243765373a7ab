"""Whatever the umask is, others see nothing; tried in a process of its own, as a umask is the whole process's."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from nightlatch.private_files import append, create, make_folder, replace, try_to_replace, write


@pytest.fixture(autouse=True, params=[0, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_made_is_its_owners_alone(tmp_path: Path) -> None:
    write(tmp_path / "written", b"a")
    replace(tmp_path / "replaced", b"b")
    with create(tmp_path / "created", fresh=True) as file:
        file.write(b"c")
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == [b"c", b"b", b"a"]
    assert {mode(path) for path in tmp_path.iterdir()} == {0o600}


def test_what_is_added_to_keeps_what_it_has(tmp_path: Path) -> None:
    for piece in (b"a", b"b"):
        with append(tmp_path / "added") as file:
            file.write(piece)
    assert ((tmp_path / "added").read_bytes(), mode(tmp_path / "added")) == (b"ab", 0o600)


def test_every_folder_on_the_way_is_too(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b" / "c")
    make_folder(tmp_path / "a" / "b" / "c")
    assert {mode(tmp_path / place) for place in ("a", "a/b", "a/b/c")} == {0o700}


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    write(tmp_path / "file", b"")
    with pytest.raises(OSError):
        make_folder(tmp_path / "file" / "folder")


def test_what_was_there_keeps_its_mode_and_loses_its_content(tmp_path: Path) -> None:
    file = tmp_path / "shared"
    file.write_bytes(b"a longer text")
    file.chmod(0o640)
    write(file, b"short")
    assert (file.read_bytes(), mode(file)) == (b"short", 0o640)
    with pytest.raises(FileExistsError):
        create(file, fresh=True)


@pytest.mark.parametrize("trap", ["link", "file"])
def test_a_draft_that_somebody_prepared_is_not_written_to(tmp_path: Path, trap: str) -> None:
    """In a folder like `/tmp` others know the draft's name, and could read along."""
    theirs, draft = tmp_path / "theirs", tmp_path / f".ready.json.{os.getpid()}"
    theirs.write_bytes(b"")
    theirs.chmod(0o666)
    draft.symlink_to(theirs) if trap == "link" else os.link(theirs, draft)
    replace(tmp_path / "ready.json", b"the token")
    assert theirs.read_bytes() == b""
    assert (mode(tmp_path / "ready.json"), (tmp_path / "ready.json").read_bytes()) == (0o600, b"the token")


def test_a_failed_replacement_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "ready.json").mkdir()
    with pytest.raises(OSError):
        replace(tmp_path / "ready.json", b"the token")
    assert [path.name for path in tmp_path.iterdir()] == ["ready.json"]


@pytest.mark.parametrize("there", [b"from the last time", None])
def test_an_attempt_at_a_replacement_changes_nothing(tmp_path: Path, there: bytes | None) -> None:
    file = tmp_path / "ready.json"
    if there is not None:
        file.write_bytes(there)
    try_to_replace(file)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == ([] if there is None else [there])


@pytest.mark.parametrize("place", [".", "folder", "missing/ready.json", "file/ready.json"])
def test_an_attempt_tells_what_the_replacement_would(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    write(tmp_path / "file", b"")
    for attempt in (try_to_replace, lambda path: replace(path, b"the token")):
        with pytest.raises(OSError):
            attempt(tmp_path / place)
