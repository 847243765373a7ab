import re

import pytest

from nightlatch_cli.demo import pages

BODIES = [pages.HOME, pages.REPORTS, pages.ADMIN, pages.FORM, pages.POLL, pages.STREAM, pages.SOCKET]


def test_title_and_person_are_escaped() -> None:
    text = pages.page("<b>", "", user="<script>")
    assert "<script>" not in text
    assert "&lt;b&gt;" in text


@pytest.mark.parametrize("body", BODIES)
def test_no_page_loads_anything_from_elsewhere(body: str) -> None:
    assert re.findall(r"https?://|\bsrc=|@import|//[a-z]", pages.page("x", body)) == []


def test_a_phone_shows_it_in_its_own_width() -> None:
    assert "<meta name='viewport' content='width=device-width" in pages.page("x", "")
