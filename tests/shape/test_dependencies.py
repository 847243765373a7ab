"""What nightlatch is built on: nothing that must not be there, nothing undeclared, no surprise in mitmproxy's caps."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distributions, packages_distributions, requires, version
from pathlib import Path

import pytest
from tests.e2e.processes import Guard
from tests.e2e.waiting import until
from tests.shape.sources import ROOT, modules, tree

PAGE = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
TABLE = dict(re.findall(r"^\| `([\w.-]+)` \| ([\w.]+) \|", PAGE, re.MULTILINE))
NEVER = {"pyoidc", "python-jose", "jose", "plotly", "httpx", "oic"}
BROUGHT = {"h11", "h2", "wsproto", "cryptography", "markupsafe", "pytest"}
"""What comes with what is declared (mitmproxy, pyjwt[crypto], jinja2), and what runs the plugin of tests."""
HELD_BACK = version("mitmproxy").startswith("11.")
"""On Python 3.11."""


def normal(name: str) -> str:
    """As PyPI compares names."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    texts = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    return {normal(re.split(r"[\[<>=!;~ ]", text, maxsplit=1)[0]) for text in texts}


def imported(path: Path) -> Iterator[str]:
    """The first parts of what the module at `path` imports, of others."""
    for node in ast.walk(tree(path)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        yield from (name.partition(".")[0] for name in names)


def capped() -> dict[str, str]:
    """What the installed mitmproxy holds at or below a version, on this system: name and requirement."""
    wanted = (text for text in requires("mitmproxy") or () if "extra ==" not in text and "win32" not in text)
    found = {
        normal(re.split(r"[<>=!;~ ]", text, maxsplit=1)[0]): text for text in wanted if "<" in text.partition(";")[0]
    }
    return {name: text for name, text in found.items() if "python_version" not in text}


def test_what_must_never_be_there_is_not() -> None:
    assert not NEVER & {normal(each.metadata["Name"]) for each in distributions()}
    everything = (path for folder in ("addons", "cli", "scripts", "tests") for path in (ROOT / folder).rglob("*.py"))
    assert not [str(path) for path in everything if NEVER & set(imported(path))]


def test_every_import_is_declared() -> None:
    known, sources = declared() | BROUGHT, packages_distributions()
    own = {"nightlatch", "nightlatch_cli", *sys.stdlib_module_names}
    names = {name for path in modules() for name in imported(path)} - own
    assert {name for name in names if not known & {normal(each) for each in sources.get(name, (name,))}} == set()


def test_what_mitmproxy_caps_is_on_the_list() -> None:
    """On newer Pythons what it caps is newer too: there only what 11.0.2 caps as well is looked at."""
    listed = {normal(name) for name in TABLE}
    if HELD_BACK:
        assert set(capped()) == listed
    else:
        assert len(listed & set(capped())) > 10


@pytest.mark.parametrize("name", sorted(TABLE))
def test_the_list_is_of_what_is_installed(name: str) -> None:
    there = {normal(each.metadata["Name"]): each.version for each in distributions()}.get(normal(name))
    if HELD_BACK:
        assert there == TABLE[name]
    else:
        assert there is None or _order(there) >= _order(TABLE[name])


def test_what_is_said_not_to_be_loaded_is_not(tmp_path: Path) -> None:
    """By a guard that listens, with all that it has of its own."""
    ready, options = tmp_path / "ready.json", ["--control", "127.0.0.1:0", "--listen", "127.0.0.1:0", "--notice"]
    command = ["-X", "importtime", "-m", "nightlatch_cli", "run", "http://127.0.0.1:1", *options]
    guard = Guard(
        [*command, "--ready-file", str(ready), "--ledger", str(tmp_path / "l.db")], tmp_path, tmp_path / "l.db"
    )
    until(lambda: ready.exists() or not guard.alive(), "the guard to listen")
    guard.stop()
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in guard.log.splitlines() if "|" in line}
    said = set(re.findall(r"^\| `(\w+)` \|.*\| not loaded", PAGE, re.MULTILINE))
    assert {"mitmproxy", "tornado"} <= loaded and len(said) > 6
    assert said & loaded == set()


def test_every_line_says_whether_it_reaches_a_guard() -> None:
    rows = [line.split("|") for line in PAGE.splitlines() if line.startswith("| `")]
    assert [row[1] for row in rows if re.search("CVE|GHSA", row[3]) and len(row[4].strip()) < 10] == []


def _order(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
