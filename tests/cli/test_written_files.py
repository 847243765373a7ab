from pathlib import Path

import pytest

from nightlatch_cli.exits import ExitCode, Failure
from nightlatch_cli.written_files import check_written


def refused(*written: Path, read: tuple[Path, ...] = ()) -> str:
    with pytest.raises(Failure) as failure:
        check_written([("--to", file) for file in written], read)
    assert failure.value.code is ExitCode.USAGE
    return failure.value.message


def test_a_file_with_a_folder_and_a_name_of_its_own_can_be_written(tmp_path: Path) -> None:
    check_written([("--to", tmp_path / "a"), ("--to", tmp_path / "b")], [tmp_path / "c"])
    check_written([], [])


def test_what_is_read_is_not_written_under_another_name_either(tmp_path: Path) -> None:
    source, link = tmp_path / "source", tmp_path / "link"
    source.write_bytes(b"kept")
    link.symlink_to(source)
    assert "is read, and would be overwritten" in refused(link, read=(source,))
    assert source.read_bytes() == b"kept"


def test_a_folder_one_that_is_missing_and_a_name_for_two(tmp_path: Path) -> None:
    assert "a folder" in refused(tmp_path)
    assert "there is no folder" in refused(tmp_path / "no" / "file")
    assert "named twice" in refused(tmp_path / "a", tmp_path / "." / "a")
