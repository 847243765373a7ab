import json
from pathlib import Path

import pytest
from tests.cli.bench import nightlatch

GENEROUS = '[session]\nidle = "2h"\nabsolute = "8h"\n'


@pytest.fixture
def generous(tmp_path: Path) -> str:
    file = tmp_path / "generous.toml"
    file.write_text(GENEROUS)
    return str(file)


def test_check_of_a_good_one_is_its_meaning() -> None:
    result = nightlatch("policy", "check", "strict")
    assert result.exit_code == 0 and "without activity" in result.stdout and "strict is good" in result.stderr
    assert json.loads(nightlatch("policy", "check", "strict", "--json").stdout)["ok"] is True


def test_a_good_policy_is_called_good(tmp_path: Path) -> None:
    file = tmp_path / "good.toml"
    file.write_text('[session]\nabsolute = "21h"\n[activity]\npassive = [{ header = "X-Background" }]\n')
    assert nightlatch("policy", "check", str(file)).stderr == f"{file} is good\n"


def test_a_standard_that_is_not_met_is_an_error_at_its_line(generous: str) -> None:
    result = nightlatch("policy", "check", generous, "--standard", "pci-dss-4")
    assert result.exit_code == 1
    assert f"{generous}:2:1: error: [session]: idle is 2h, more than 15m [idle-above-standard]" in result.stdout
    assert "PCI DSS 4.0, 8.2.8" in result.stdout and "Held by nightlatch itself" in result.stdout
    assert "1 error" in result.stderr


def test_without_a_standard_nothing_is_an_error(generous: str) -> None:
    assert nightlatch("policy", "check", generous).exit_code == 0
    assert nightlatch("policy", "check", generous, "--fail-on", "warning").exit_code == 1
    assert nightlatch("policy", "check", generous, "--standard", "pci-dss-4", "--fail-on", "never").exit_code == 0


def test_several_standards_are_held_against_it_at_once(generous: str) -> None:
    result = nightlatch("policy", "check", generous, "--standard", "psd2", "--standard", "iso-27002", "--json")
    document = json.loads(result.stdout)
    errors = [finding for finding in document["findings"] if finding["severity"] == "error"]
    assert [(finding["key"], finding["line"], finding["file"]) for finding in errors] == [("session.idle", 2, generous)]
    assert document["ok"] is True and document["held"] and result.exit_code == 1


@pytest.mark.parametrize("arguments", [("--standard", "pci"), ("--fail-on", "errors")])
def test_what_is_unknown_is_told_with_what_there_is(arguments: tuple[str, str]) -> None:
    result = nightlatch("policy", "check", "strict", *arguments)
    assert result.exit_code == 2 and arguments[1] in result.stderr
    assert "pci-dss-4" in result.stderr or "warning" in result.stderr


def test_check_of_a_bad_one_is_every_mistake_with_its_place(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('[session]\nidel = "5m"\nabsolute = "0"\n')
    result = nightlatch("policy", "check", bad)
    assert result.exit_code == 3 and result.stdout == "" and "2 mistakes" in result.stderr
    assert "bad.toml:2:" in result.stderr and "bad.toml:3:" in result.stderr and '"idle"' in result.stderr
    told = nightlatch("policy", "check", bad, "--json")
    mistakes = json.loads(told.stdout)["mistakes"]
    assert told.exit_code == 3 and [mistake["line"] for mistake in mistakes] == [2, 3]
    assert mistakes[0]["nearest"] == "idle"
