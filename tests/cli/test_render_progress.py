"""Bars for a person, nothing for a program."""

import io
import sys

import pytest

from nightlatch_cli.render_progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_for_each_thing_that_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress() as told:
        told("reading [bold]a", 0.5)
        told("judging", 1.0)
    assert "judging" in terminal.getvalue()
    assert "100%" in terminal.getvalue()


def test_no_bar_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with progress() as told:
        told("reading", 0.5)
    assert capsys.readouterr() == ("", "")
