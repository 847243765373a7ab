"""Examples that are not run are at least well formed: options exist, policies are good, YAML and JSON can be read."""

import json
import re
import tomllib
from collections.abc import Iterator
from io import StringIO

import pytest
from ruamel.yaml import YAML
from tests.e2e.processes import ROOT

from nightlatch.core.policy_toml import read_policy
from nightlatch.presets import load_policy

PAGES = [ROOT / "README.md", ROOT / "policies" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^|run: |\$\(|&& )nightlatch ((?:[a-z]+ ?){0,2})([^|#)\n]*)", re.MULTILINE)
POLICY = re.compile(r"^\[(session|activity|policy|alerts|concurrency|hours|forms)\]|^\[\[rule\]\]", re.MULTILINE)


def blocks(*languages: str) -> Iterator[tuple[str, str]]:
    """Every block in one of `languages`: where it is, and its text."""
    for page in PAGES:
        if page.name != "commands.md":
            found = [text for language, text in BLOCK.findall(page.read_text("utf-8")) if language in languages]
            yield from ((f"{page.stem}-{number}", text) for number, text in enumerate(found))


def options() -> dict[str, set[str]]:
    """The options of every command, as the reference has them."""
    reference = (ROOT / "docs" / "commands.md").read_text("utf-8")
    sections = re.split(r"^## nightlatch ?", reference, flags=re.MULTILINE)[1:]
    return {each.partition("\n")[0]: set(re.findall(r"--[a-z-]+", each)) for each in sections}


def typed() -> Iterator[tuple[str, str]]:
    """Of console blocks what a person types."""
    for where, text in blocks("console"):
        joined = text.replace("\\\n", " ")
        yield where, "\n".join(line.removeprefix("$ ") for line in joined.splitlines() if line.startswith("$ "))


def shown() -> list[tuple[str, str, set[str]]]:
    """Every command that a page shows: where, which, and its options."""
    known, found = options(), []
    for where, text in (*blocks("sh", "yaml"), *typed()):
        for words, rest in COMMAND.findall(re.sub(r"\\?\n\s+(?=--)", " ", text)):
            names = words.split()
            command = " ".join(names[:2]) if " ".join(names[:2]) in known else " ".join(names[:1])
            found.append((where, command, set(re.findall(r"(?<![\w-])--[a-z-]+", rest))))
    return found


@pytest.mark.parametrize(("where", "command", "used"), shown())
def test_what_is_shown_can_be_typed(where: str, command: str, used: set[str]) -> None:
    assert used - options()[command] == set()


def test_there_are_many() -> None:
    assert len(shown()) > 60


@pytest.mark.parametrize("text", [pytest.param(text, id=where) for where, text in blocks("toml")])
def test_toml_can_be_read_and_policies_are_good(text: str) -> None:
    assert tomllib.loads(text)
    if POLICY.search(text):
        read_policy(text, name="example", floors=load_policy)


@pytest.mark.parametrize("text", [pytest.param(text, id=where) for where, text in blocks("yaml")])
def test_yaml_can_be_read(text: str) -> None:
    assert YAML(typ="safe").load(StringIO(text))


@pytest.mark.parametrize("text", [pytest.param(text, id=where) for where, text in blocks("json")])
def test_json_can_be_read(text: str) -> None:
    assert json.loads(text)


@pytest.mark.parametrize("text", [pytest.param(text, id=where) for where, text in blocks("python")])
def test_python_can_be_read(text: str) -> None:
    marks_alone = text.rstrip().splitlines()[-1].startswith("@")
    compile(text + "def test(): ..." if marks_alone else text, "example", "exec")


def test_the_guard_of_the_compose_file_can_be_started() -> None:
    (compose,) = (YAML(typ="safe").load(StringIO(text)) for _, text in blocks("yaml") if text.startswith("services:"))
    assert compose["services"]["guard"]["network_mode"] == "service:keycloak"
    assert set(re.findall(r"--[a-z-]+", compose["services"]["guard"]["command"])) <= options()["run"]
