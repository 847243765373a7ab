import json

import pytest
from tests.cli.bench import Bench, nightlatch

from nightlatch_cli.commands import COMMANDS, Entry, Family
from nightlatch_cli.groups import FamilyGroup, load


def _entries() -> list[tuple[str, Entry]]:
    families = [(name, entry) for name, entry in COMMANDS.items() if isinstance(entry, Family)]
    single = [(name, entry) for name, entry in COMMANDS.items() if isinstance(entry, Entry)]
    return single + [(f"{name} {each}", entry) for name, family in families for each, entry in family.entries.items()]


@pytest.mark.parametrize(("name", "entry"), _entries(), ids=[name for name, _ in _entries()])
def test_every_command_of_the_table_loads_and_helps(name: str, entry: Entry) -> None:
    result = nightlatch(*name.split(), "--help")
    assert result.exit_code == 0 and f"Usage: nightlatch {name}" in result.stdout
    assert load(name, entry).help, "a docstring"


def test_a_family_lists_its_commands() -> None:
    result = nightlatch("clock", "--help")
    assert result.exit_code == 0 and "advance" in result.stdout and "Let time stand still." in result.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["sessions", "show", "abcdef", "--json"],
        ["sessions", "--json", "show", "abcdef"],
        ["sessions", "show", "--json", "abcdef"],
    ],
)
def test_options_may_stand_before_the_name_of_the_command(bench: Bench, words: list[str]) -> None:
    bench.session("abcdefghijkl")
    result = nightlatch(*words)
    assert result.exit_code == 0 and json.loads(result.stdout)["id"] == "abcdefghijkl"


def test_a_value_of_an_option_is_not_taken_for_a_command(bench: Bench) -> None:
    other = bench.path.parent / "show"
    bench.path.rename(other)
    result = nightlatch("sessions", "--ledger", other, "list", "--json")
    assert (result.exit_code, result.stdout) == (0, "[]\n")


def test_without_a_name_the_default_is_meant(bench: Bench) -> None:
    assert json.loads(nightlatch("sessions", "--json").stdout) == []
    assert json.loads(nightlatch("clock", "--json").stdout)["frozen"] is False


def test_a_family_is_loaded_without_its_commands() -> None:
    family = COMMANDS["sessions"]
    assert isinstance(family, Family)
    group = load("sessions", family)
    assert isinstance(group, FamilyGroup) and not group.commands
