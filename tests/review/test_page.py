import re
from pathlib import Path

from tests.review.test_document import reviewing

from nightlatch.review.page import page


def test_nothing_of_what_people_are_called_is_markup(tmp_path: Path) -> None:
    text = page(reviewing(tmp_path / "ledger.db")).decode()
    assert "<script" not in text and "&lt;script&gt;alert(1)" in text


def test_the_page_needs_nothing_else(tmp_path: Path) -> None:
    text = page(reviewing(tmp_path / "ledger.db")).decode()
    assert "default-src &#39;none&#39;" in text and not re.search(r"(?:src|href)=", text)


def test_everything_is_on_it(tmp_path: Path) -> None:
    text = page(reviewing(tmp_path / "ledger.db")).decode()
    for told in ("GET /api/poll", "refresh_storm", "97%", "ended by idle", "came into force", "WCAG 2.2, 2.2.1"):
        assert told in text


def test_what_hides_is_shown(tmp_path: Path) -> None:
    document = reviewing(tmp_path / "ledger.db")
    document["longest"][0]["subject"] = "a\u202eb"
    assert "\u202e" not in page(document).decode()
