"""Who imports whom: the layers hold, and a short command does not wait for what it does not need."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.e2e.processes import surroundings

ROOT = Path(__file__).parents[2]

HEAVY = ("mitmproxy", "tornado", "jinja2", "jwt", "cryptography", "asyncio")


def _imported(code: str, tmp_path: Path) -> set[str]:
    """The modules that are there after `code` ran in a fresh interpreter."""
    attempt = f"import json, sys\ntry:\n    {code}\nexcept SystemExit:\n    pass\n"
    script = f"{attempt}print('\\n' + json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=surroundings(), capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments", [["sessions"], ["sessions", "list", "--json"], ["clock"], ["events"], ["policy"], ["--help"]]
)
def test_reading_commands_import_no_proxy(arguments: list[str], tmp_path: Path) -> None:
    run = (
        "from nightlatch.ledger.writer import open_writer; import pathlib; open_writer(pathlib.Path('l.db')).close(); "
    )
    rest = [] if arguments == ["--help"] else ["--ledger", "l.db"]
    run = f"sys.argv = {['nightlatch', *arguments, *rest]!r}; from nightlatch_cli.app import main; main()"
    loaded = _imported(run, tmp_path)
    assert "nightlatch_cli.app" in loaded
    assert [each for each in HEAVY if each in loaded] == []


def test_the_core_needs_nothing_but_python(tmp_path: Path) -> None:
    core = sorted((ROOT / "addons" / "nightlatch" / "core").glob("*.py"))
    names = ", ".join(f"nightlatch.core.{path.stem}" for path in core if path.stem != "__init__")
    loaded = _imported(f"import {names}", tmp_path)
    foreign = {each.partition(".")[0] for each in loaded} - set(sys.stdlib_module_names) - {"nightlatch", "__main__"}
    installed_hooks = {
        each for each in foreign if each.startswith(("_", "distutils", "sitecustomize", "usercustomize"))
    }
    assert foreign - installed_hooks == set()


def test_the_contracts_of_import_linter_hold() -> None:
    assert find_spec("importlinter")
    script = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports())"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=surroundings(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
