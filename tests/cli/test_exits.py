import pytest

from nightlatch.core.mistakes import Mistake, PolicyInvalid
from nightlatch.ledger.port import LedgerError, Overtaken
from nightlatch.presets import PolicyNotFound, PolicyUnreadable
from nightlatch_cli.exits import ExitCode, Failure, fail, failure_of, report


def test_the_codes_are_a_contract() -> None:
    assert {code.name: int(code) for code in ExitCode} == {
        "OK": 0,
        "FINDING": 1,
        "USAGE": 2,
        "CONFIGURATION": 3,
        "INPUT": 4,
        "EMPTY": 5,
        "LEDGER": 6,
        "INTERRUPTED": 130,
    }


def test_fail_carries_what_is_wrong_and_what_helps() -> None:
    with pytest.raises(Failure) as caught:
        fail(ExitCode.EMPTY, "no cookies", "record with cookies")
    assert (caught.value.code, caught.value.message, caught.value.hint) == (5, "no cookies", "record with cookies")


def test_a_failure_is_two_lines_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(Failure(ExitCode.INPUT, "cannot read a.har", "is it there?")) is ExitCode.INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "nightlatch: error: cannot read a.har\nhint: is it there?\n"


def test_a_failure_cannot_drive_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    report(Failure(ExitCode.INPUT, "no file \x1b[2J\x9b31m"))
    assert capsys.readouterr().err == "nightlatch: error: no file ?[2J?31m\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (LedgerError("locked"), ExitCode.LEDGER),
        (Overtaken("moved by somebody else"), ExitCode.FINDING),
        (PolicyNotFound("strct", "strict"), ExitCode.CONFIGURATION),
        (PolicyUnreadable("/tmp: a directory"), ExitCode.CONFIGURATION),
        (PolicyInvalid((Mistake("p.toml", 3, 1, '"idel"', "a key", "idle", 'idel = "1m"'),)), ExitCode.CONFIGURATION),
        (FileNotFoundError(2, "No such file or directory", "a.har"), ExitCode.INPUT),
    ],
)
def test_what_goes_wrong_below_a_command_has_its_code(error: Exception, code: ExitCode) -> None:
    failure = failure_of(error)
    assert failure is not None and failure.code is code


def test_an_invalid_policy_shows_the_place() -> None:
    failure = failure_of(PolicyInvalid((Mistake("p.toml", 3, 1, '"idel"', "a key", "idle", 'idel = "1m"'),)))
    assert failure is not None and "p.toml:3:1" in failure.message and "\n  ^" in failure.message


def test_a_fault_of_our_own_is_not_dressed_up() -> None:
    assert failure_of(KeyError("x")) is None
