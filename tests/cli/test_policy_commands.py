import json
import tomllib
from pathlib import Path

import pytest
from tests.cli.bench import nightlatch

from nightlatch.presets import load_policy, preset_names
from nightlatch_cli.policy_commands import source_of


def test_every_preset_is_listed_with_its_source() -> None:
    listed = json.loads(nightlatch("policy", "--json").stdout)
    assert [preset["name"] for preset in listed] == list(preset_names())
    strict = next(preset for preset in listed if preset["name"] == "strict")
    assert strict["session"]["idle"] == 300 and strict["source"].startswith("nightlatch's own")
    assert nightlatch("policy", "list").stdout.count("\n") == len(listed) + 1
    assert len(nightlatch("policy", "list", "--jsonl").stdout.splitlines()) == len(listed)


@pytest.mark.parametrize("name", ["strict", "psd2"])
def test_what_show_prints_is_a_policy_file_of_the_same_meaning(name: str, tmp_path: Path) -> None:
    shown = nightlatch("policy", "show", name).stdout
    assert shown.startswith("# A session ends after 5m without activity.\n") and tomllib.loads(shown)
    copy = tmp_path / f"{name}.toml"
    copy.write_text(shown)
    assert load_policy(str(copy))._replace(version="", text="") == load_policy(name)._replace(version="", text="")


def test_show_as_json_has_the_words_and_the_text() -> None:
    document = json.loads(nightlatch("policy", "show", "strict", "--json").stdout)
    policy = load_policy("strict")
    assert (document["version"], document["text"]) == (policy.version, policy.text) and document["words"]


def test_an_unknown_one_names_the_nearest(tmp_path: Path) -> None:
    result = nightlatch("policy", "show", "strct")
    assert result.exit_code == 3 and '"strict"' in result.stderr
    assert nightlatch("policy", "check", tmp_path).exit_code == 3


def test_a_policy_without_a_comment_has_no_source() -> None:
    assert source_of(load_policy("strict")._replace(text="[session]\n")) == ""
