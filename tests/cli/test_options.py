from pathlib import Path

import pytest
from tests.cli.bench import Bench, nightlatch

from nightlatch_cli.commands import COMMANDS, Entry, Family
from nightlatch_cli.config import OPTION_NAMES, long_name
from nightlatch_cli.groups import load


def _options() -> list[object]:
    families = [entry.entries.values() for entry in COMMANDS.values() if isinstance(entry, Family)]
    entries = [entry for entry in COMMANDS.values() if isinstance(entry, Entry)]
    commands = [load("x", entry) for entry in (*entries, *(each for family in families for each in family))]
    return [param for command in commands for param in command.params if param.param_type_name == "option"]


def test_every_option_has_a_variable_and_help_shows_it() -> None:
    for param in _options():
        assert getattr(param, "envvar", None) == f"NIGHTLATCH_{long_name(param).upper().replace('-', '_')}"
    assert "NIGHTLATCH_LEDGER" in nightlatch("sessions", "list", "--help").stdout


def test_the_names_for_nightlatch_toml_are_those_of_the_options() -> None:
    assert {long_name(param) for param in _options()} == OPTION_NAMES


def test_variables_hold_flags_numbers_and_lists(bench: Bench) -> None:
    bench.session(subject="ada")
    bench.session(subject="bob")
    assert nightlatch("sessions", env={"NIGHTLATCH_JSON": "1", "NIGHTLATCH_LIMIT": "1"}).stdout.count('"id"') == 1
    both = nightlatch("events", env={"NIGHTLATCH_TYPE": "policy session.created"})
    assert both.stdout.count("session.created") == 2
    assert nightlatch("sessions", env={"NIGHTLATCH_LIMIT": "many"}).exit_code == 2


def test_the_ledger_is_named_before_or_after_the_command_and_after_wins(bench: Bench, tmp_path: Path) -> None:
    bench.session("abcdefghijkl")
    elsewhere = tmp_path / "elsewhere.db"
    bench.path.rename(elsewhere)
    assert nightlatch("--ledger", elsewhere, "sessions", "show", "abc").exit_code == 0
    assert nightlatch("sessions", "show", "abc", "--ledger", elsewhere).exit_code == 0
    assert nightlatch("--ledger", "nowhere.db", "sessions", "show", "abc", "--ledger", elsewhere).exit_code == 0
    assert nightlatch("--ledger", elsewhere, "sessions", "show", "abc", "--ledger", "nowhere.db").exit_code == 6


def test_the_command_line_comes_before_the_environment(bench: Bench) -> None:
    assert nightlatch("--ledger", bench.path, "sessions", env={"NIGHTLATCH_LEDGER": "nowhere.db"}).exit_code == 0
    assert nightlatch("sessions", env={"NIGHTLATCH_LEDGER": "nowhere.db"}).exit_code == 6


@pytest.mark.parametrize("before", [True, False])
def test_the_environment_comes_before_the_file(bench: Bench, tmp_path: Path, before: bool) -> None:
    (tmp_path / "nightlatch.toml").write_text('ledger = "nowhere.db"\n')
    env = {"NIGHTLATCH_LEDGER": str(bench.path) if before else ""}
    assert nightlatch("sessions", env=env).exit_code == (0 if before else 6)


def test_a_value_from_the_file_that_does_not_fit_names_the_file(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "nightlatch.toml").write_text('\nstate = "alive"\n')
    result = nightlatch("sessions")
    assert result.exit_code == 3 and "nightlatch.toml:2: state: " in result.stderr
