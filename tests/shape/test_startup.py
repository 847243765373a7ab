"""What a start costs is mostly what it imports. Modules are counted, not seconds: a busy machine tells the same."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.processes import surroundings
from tests.e2e.waiting import until

from nightlatch.ledger.writer import open_writer

RUN = """
import json, pathlib, sys
sys.argv = {arguments!r}
try:
    from nightlatch_cli.app import main
    main()
except SystemExit:
    pass
pathlib.Path("modules.json").write_text(json.dumps(sorted(sys.modules)))
"""
HAR = {
    "startedDateTime": "2025-01-01T00:00:00Z",
    "time": 1,
    "request": {"method": "GET", "url": "https://a.example/", "headers": [{"name": "Cookie", "value": "session=s"}]},
    "response": {"status": 200, "headers": []},
}
PATIENCE = 90
NEVER = {"numpy", "polars", "rich", "sqlite_utils", "jinja2", "authlib", "apprise", "pydantic", "requests"}
SHORT = NEVER | {"mitmproxy", "tornado", "jwt", "cryptography", "asyncio", "uvloop", "watchfiles", "nightlatch.proxy"}
COMMANDS = {
    # The most modules that are imported in all, and which of them never: each as itself or with what is below it.
    "--help": (200, SHORT | {"sqlite3", "msgspec", "nightlatch.ledger", "nightlatch.replay", "nightlatch.core.policy"}),
    "run --help": (
        205,
        SHORT | {"sqlite3", "msgspec", "nightlatch.ledger", "nightlatch.replay", "nightlatch.core.policy"},
    ),
    "sessions --ledger ledger.db": (285, SHORT | {"msgspec", "nightlatch.replay", "nightlatch.identity"}),
    "replay c.har --policy default": (370, SHORT | {"sqlite3"}),
    "run http://127.0.0.1:9 --listen 127.0.0.1:0 --ledger ledger.db --ready-file ready": (
        1150,
        NEVER | {"watchfiles", "msgspec", "nightlatch.replay", "nightlatch.review", "nightlatch.testing"},
    ),
}


def _imported(arguments: str, folder: Path) -> list[str]:
    """What is imported by the time that the command has ended, or that the guard listens and was told to stop."""
    open_writer(folder / "ledger.db").close()
    (folder / "c.har").write_text(json.dumps({"log": {"version": "1.2", "entries": [HAR]}}))
    code = RUN.format(arguments=["nightlatch", *arguments.split()])
    process = subprocess.Popen([sys.executable, "-c", code], cwd=folder, env=surroundings(), stdout=subprocess.DEVNULL)
    try:
        if "--ready-file" in arguments:
            until((folder / "ready").exists, "the guard to listen")
            process.terminate()
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
    modules: list[str] = json.loads((folder / "modules.json").read_text())
    return modules


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_command_imports_what_it_needs_and_no_more(arguments: str, tmp_path: Path) -> None:
    most, never = COMMANDS[arguments]
    modules = _imported(arguments, tmp_path)
    assert "nightlatch_cli.app" in modules
    found = {name for name in modules for each in never if name == each or name.startswith(f"{each}.")}
    assert found == set()
    assert len(modules) <= most, f"{len(modules)} modules; what was added must be worth its start, or be imported later"
