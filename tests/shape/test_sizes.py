"""A file can be read in one sitting, a function at one glance."""

from pathlib import Path
from statistics import median

import pytest
from tests.shape.sources import ROOT, body_lines, functions, name, sources


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("path", sources(), ids=name)
def test_no_file_is_longer_than_300_lines(path: Path) -> None:
    assert _lines(path) <= 300


@pytest.mark.parametrize("path", sources(), ids=name)
def test_no_function_is_longer_than_30_lines(path: Path) -> None:
    assert {each.name: body_lines(each) for each in functions(path) if body_lines(each) > 30} == {}


def test_files_are_small_on_the_whole() -> None:
    assert median(_lines(path) for path in sources() if _lines(path) > 1) <= 100


def test_functions_are_small_on_the_whole() -> None:
    assert median(body_lines(each) for path in sources() for each in functions(path)) <= 7


@pytest.mark.parametrize("path", sorted(path for path in (ROOT / "scripts").iterdir() if path.is_file()), ids=name)
def test_a_script_can_be_taken_in(path: Path) -> None:
    assert _lines(path) <= 130
