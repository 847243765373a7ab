from pathlib import Path

from tests.review.test_document import reviewing

from nightlatch.review.markdown import markdown


def test_everything_is_on_the_page(tmp_path: Path) -> None:
    text = markdown(reviewing(tmp_path / "ledger.db"))
    assert text.startswith("# Review of sessions under default, until 2023-12-04\n")
    for told in ("| sessions started | 3 |", "| idle | 1 |", "`GET /api/poll`", "refresh_storm", "WCAG 2.2, 2.2.1"):
        assert told in text
    assert "1 session lived on only because something polls." in text


def test_nothing_gets_out_of_its_cell(tmp_path: Path) -> None:
    lines = markdown(reviewing(tmp_path / "ledger.db")).splitlines()
    row = next(line for line in lines if "alert(1)" in line)
    assert "`<script>alert(1)</script>\\|'x'`" in row


def test_an_empty_table_says_none(tmp_path: Path) -> None:
    document = reviewing(tmp_path / "ledger.db")
    assert "## Alerts\n\nNone." in markdown({**document, "alerts": []})
