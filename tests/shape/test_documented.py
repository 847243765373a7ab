"""If it can be typed by a user, or told to one, a document says so."""

import re
from enum import StrEnum
from pathlib import Path

import pytest
from scripts import document
from tests.shape.sources import ROOT

from nightlatch.core.events import EventType
from nightlatch.core.verdict import Clock, Kind
from nightlatch.presets import preset_names
from nightlatch.proxy.options import OPTIONS, Option
from nightlatch_cli.exits import ExitCode

PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "policies/README.md",
    *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
]
COMMANDS = list(document.commands())
CONTRACTS = (ROOT / "docs" / "contracts.md").read_text(encoding="utf-8")
LINT = (ROOT / "addons" / "nightlatch" / "core" / "lint").glob("*.py")
LINT_CODES = {
    code for path in LINT for code in re.findall(r'(?:finding|Finding)\(\s*"([a-z-]+)"', path.read_text("utf-8"))
}
README = (ROOT / "README.md").read_text(encoding="utf-8")
INDEX = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
SHOWN = re.compile(r"(?:\$ |`|\()nightlatch ([a-z]+)")


def test_what_a_program_writes_is_current() -> None:
    assert document.main(["--check"]) == 0


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_and_says_so_in_the_reference(command: tuple[str, ...]) -> None:
    reference = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert f"## nightlatch {' '.join(command)}".rstrip() + "\n" in reference


@pytest.mark.parametrize("kind", [*Kind, *Clock, *EventType], ids=str)
def test_every_verdict_clock_and_event_is_explained(kind: StrEnum) -> None:
    assert re.search(rf"^\| `{re.escape(kind)}` \|", CONTRACTS, re.MULTILINE)


@pytest.mark.parametrize("code", ExitCode, ids=lambda code: code.name)
def test_every_exit_code_is_explained(code: ExitCode) -> None:
    assert re.search(rf"^\| {int(code)} \|", CONTRACTS, re.MULTILINE)


@pytest.mark.parametrize("code", sorted(LINT_CODES))
def test_every_finding_of_the_lint_is_explained(code: str) -> None:
    assert f"`{code}`" in (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_mitmproxy_option_is_explained(option: Option) -> None:
    assert f"`nightlatch_{option.name}`" in CONTRACTS


@pytest.mark.parametrize("preset", preset_names())
def test_every_preset_is_in_the_table(preset: str) -> None:
    table = (ROOT / "policies" / "README.md").read_text(encoding="utf-8")
    assert f"| [`{preset}`]({preset}.toml) |" in table


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", text):
        path = (ROOT / page).parent / target if target else ROOT / page
        assert path.exists(), target
        assert not anchor or anchor in anchors(path.read_text(encoding="utf-8")), f"{target}#{anchor}"


def anchors(text: str) -> set[str]:
    """What a page's headings are called in links, as GitHub makes it of them."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_that_a_page_shows_exist(page: str) -> None:
    known = {" ".join(command) for command in COMMANDS}
    shown = set(SHOWN.findall((ROOT / page).read_text(encoding="utf-8")))
    assert shown or page != "README.md"
    assert shown - known == set()


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "docs").glob("*.md") if path.name != "README.md"))
def test_every_page_is_in_the_index(page: str) -> None:
    assert f"]({page})" in INDEX


@pytest.mark.parametrize("script", re.findall(r"scripts/[a-z_.]+[a-z]", README))
def test_the_readmes_scripts_exist(script: str) -> None:
    assert Path(ROOT / script).exists()
