import sys

import pytest

from nightlatch_cli.demo.visitor import Answer
from nightlatch_cli.demo.walk import Expected, Walk

REFUSED = Answer(401, "expired; clock=idle; limit=1800; elapsed=1800; id=x", "", "", b"")


def _walk() -> tuple[Walk, list[list[str]]]:
    given: list[list[str]] = []

    def operator(arguments: list[str]) -> None:
        given.append(arguments)
        print("moved")  # noqa: T201 (what a command does)
        print("talk", file=sys.stderr)  # noqa: T201 (the same)

    return Walk(operator, "ledger.db"), given


@pytest.mark.parametrize(
    ("expected", "differences"),
    [
        (Expected(401, "expired; clock=idle; limit=1800; elapsed=1800"), 0),
        (Expected(200), 1),
        (Expected(401, "expired; clock=absolute"), 1),
        (Expected(401, "", "idle=1800"), 1),
        (Expected(302, "refused", "idle=1"), 3),
    ],
)
def test_every_difference_is_told_and_remembered(
    expected: Expected, differences: int, capsys: pytest.CaptureFixture[str]
) -> None:
    walk, _ = _walk()
    walk.saw("script asks", REFUSED, expected)
    assert len(walk.differences) == differences
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("  NOT" if differences else "  ok ")
    assert len(told) == 1 + differences
    assert "id=" not in told[0]


def test_a_fact_that_is_not_so_counts(capsys: pytest.CaptureFixture[str]) -> None:
    walk, _ = _walk()
    walk.note("the cookie", "deleted", True)
    assert walk.differences == []
    walk.note("the cookie", "deleted", False)
    assert walk.differences == ["not so: the cookie: deleted"]


def test_a_command_runs_on_the_tours_ledger_and_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    walk, given = _walk()
    assert walk.command("clock", "advance", "1s") == "moved\n"
    assert given == [["clock", "advance", "1s", "--ledger", "ledger.db"]]
    assert capsys.readouterr().out == "    $ nightlatch clock advance 1s\n"
    assert walk.quietly("clock") == "moved\n"
    assert capsys.readouterr().out == ""
