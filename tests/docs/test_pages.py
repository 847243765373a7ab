"""What the pages show is what happens: their marked examples are run, in order, against a real guard."""

from pathlib import Path

import pytest
from tests.docs.running import page, runner
from tests.docs.snippets import Command, File, parts

PAGES = ("README.md", "docs/guard.md", "docs/inspect.md")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_shows_is_what_happens(name: str, tmp_path: Path) -> None:
    with runner(tmp_path) as run:
        run.run(page(name))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_examples_that_are_run(name: str) -> None:
    found = list(parts(page(name)))
    assert [each for each in found if isinstance(each, Command) and each.shown]
    assert all(each.text for each in found if isinstance(each, File))
