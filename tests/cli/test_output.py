import io
import json
import sys

import pytest

from nightlatch_cli.output import (
    forgiving,
    print_facts,
    print_json,
    print_jsonl,
    print_lines,
    print_table,
    say,
    tell,
)


def test_talk_and_data_do_not_mix(capsys: pytest.CaptureFixture[str]) -> None:
    say("talk")
    tell("data")
    assert capsys.readouterr() == ("data\n", "talk\n")


def test_json_is_one_document_and_jsonl_one_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_json([])
    assert json.loads(capsys.readouterr().out) == []
    print_jsonl([{"name": "Zo\xeb\x1b"}, {"name": "b"}])
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["Zo\xeb\x1b", "b"]
    assert all(line.isascii() and line.isprintable() for line in lines)


def test_a_table_that_is_piped_has_tabs_and_one_line_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("id", "subject"), [("a", "ada\tb\nc"), ("b", "\x1b]0;title\x07")])
    assert capsys.readouterr().out == "id\tsubject\na\tada?b?c\nb\t?]0;title?\n"


def test_facts_stand_below_each_other_and_unknown_ones_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    print_facts([("id", "a"), ("nothing", ""), ("subject", "ada")])
    assert capsys.readouterr().out == "id       a\nsubject  ada\n"
    print_facts([])


def test_lines_say_whether_there_were_any(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_lines(["a\nb"]) and not print_lines([])
    assert capsys.readouterr().out == "a?b\n"


def test_a_narrow_encoding_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(narrow, "ascii", write_through=True))
    forgiving()
    tell("Zo\xeb")
    assert narrow.getvalue() == b"Zo\\xeb\n"
