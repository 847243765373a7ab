"""A file is written whole or not at all."""

import os
import stat
import threading
from pathlib import Path

import pytest

from nightlatch_cli.whole_files import whole, write_whole


def test_it_is_written(tmp_path: Path) -> None:
    write_whole(tmp_path / "report", b"new")
    assert (tmp_path / "report").read_bytes() == b"new" and len(list(tmp_path.iterdir())) == 1


def test_until_it_is_whole_the_old_one_is_there(tmp_path: Path) -> None:
    (file := tmp_path / "report").write_bytes(b"old")
    with whole(file) as out:
        out.write(b"half of the n")
        out.flush()
        assert file.read_bytes() == b"old"
        out.write(b"ew")
    assert file.read_bytes() == b"half of the new"


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError])
def test_what_fails_half_way_changes_nothing_and_leaves_nothing(tmp_path: Path, failure: type[BaseException]) -> None:
    (file := tmp_path / "report").write_bytes(b"old")
    with pytest.raises(failure), whole(file) as out:
        out.write(b"half")
        raise failure
    assert file.read_bytes() == b"old" and list(tmp_path.iterdir()) == [file]


def test_its_mode_stays_and_a_new_one_is_its_owners_alone(tmp_path: Path) -> None:
    (old := tmp_path / "old").write_bytes(b"")
    old.chmod(0o640)
    before = os.umask(0)
    try:
        write_whole(old, b"x")
        write_whole(tmp_path / "new", b"x")
    finally:
        os.umask(before)
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("old", "new")] == [0o640, 0o600]


def test_a_link_stays_one(tmp_path: Path) -> None:
    (link := tmp_path / "link").symlink_to(tmp_path / "there")
    write_whole(link, b"x")
    assert link.is_symlink() and (tmp_path / "there").read_bytes() == b"x"


def test_a_pipe_gets_it_as_it_comes(tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    read = list[bytes]()
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"x")
    reader.join()
    assert read == [b"x"] and stat.S_ISFIFO(pipe.stat().st_mode)


def test_what_stands_for_an_open_file_is_not_replaced(tmp_path: Path) -> None:
    """`--decisions /dev/stdout > out`: the shell has `out` open, and goes on writing into it."""
    with (tmp_path / "out").open("wb") as out:
        before = (tmp_path / "out").stat().st_ino
        write_whole(Path(f"/dev/fd/{out.fileno()}"), b"x")
    assert (tmp_path / "out").read_bytes() == b"x" and (tmp_path / "out").stat().st_ino == before


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        write_whole(tmp_path / "missing" / "report", b"x")
