import re

import pytest

from nightlatch_cli.render import draw


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
