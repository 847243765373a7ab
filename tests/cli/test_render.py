import re

import pytest

from nightlatch_cli.render import draw, folding


def test_markup_is_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    draw(("id",), [("[bold]x[/bold] :smile:",)])
    assert "[bold]x[/bold] :smile:" in capsys.readouterr().out


def test_on_a_narrow_terminal_ids_stay_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    draw(("id", "why"), [("abcdefghijkl", "no activity for 31m2s, limit 30m, exceeded by 1m2s (rule administration)")])
    lines = capsys.readouterr().out.splitlines()
    assert any("abcdefghijkl" in line for line in lines)
    assert "administration" in re.sub(r"\s+", " ", " ".join(lines)) and max(map(len, lines)) <= 60


def test_a_table_without_rows_is_its_head(capsys: pytest.CaptureFixture[str]) -> None:
    draw(("id", "why"), [])
    assert "why" in capsys.readouterr().out


def test_the_widest_columns_give_way_and_no_more_than_must() -> None:
    assert folding([12, 24, 7, 9, 11, 29], 200) == set()
    assert folding([12, 24, 7, 9, 11, 29], 68) == {1, 5}
    assert folding([12, 24, 7, 9, 11, 29], 80) == {5}
    assert 0 not in folding([12, 24, 7, 9, 11, 29], 40)
