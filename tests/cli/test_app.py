import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from tests.cli.bench import Bench, environment, nightlatch, spawn

from nightlatch_cli.commands import COMMANDS


def test_alone_it_guides() -> None:
    result = nightlatch()
    assert result.exit_code == 0 and "nightlatch run http://localhost:3000" in result.stdout and not result.stderr
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_help_lists_every_command_without_loading_any() -> None:
    code = (
        "import sys; from nightlatch_cli.app import app; app(['--help'], standalone_mode=False);"
        "heavy = {'mitmproxy', 'rich', 'sqlite3', 'sqlite_utils', 'jwt', 'tornado', 'asyncio'} & set(sys.modules);"
        "own = {name for name in sys.modules if name.startswith('nightlatch.')};"
        "own -= {'nightlatch.core', 'nightlatch.core.printable'};"
        "sys.exit(f'{heavy} {own}' if heavy or own else 0)"
    )
    result = spawn(code=code)
    assert result.returncode == 0, result.stderr
    listed = re.findall(r"^  ([a-z]+)  ", result.stdout, re.MULTILINE)
    assert listed == list(COMMANDS)


def test_sessions_needs_neither_mitmproxy_nor_rich_when_piped(bench: Bench) -> None:
    bench.session()
    code = (
        "import sys; from nightlatch_cli.app import app;"
        f"app(['sessions', '--limit', '5', '--ledger', {str(bench.path)!r}], standalone_mode=False);"
        "heavy = {'mitmproxy', 'rich', 'sqlite_utils', 'jwt', 'tornado', 'asyncio', 'pydantic'} & set(sys.modules);"
        "sys.exit(f'{heavy}' if heavy else 0)"
    )
    result = spawn(code=code)
    assert result.returncode == 0, result.stderr
    assert "ada" in result.stdout


def test_the_version_is_that_of_the_package() -> None:
    try:
        expected = version("nightlatch")
    except PackageNotFoundError:
        expected = "(not installed)"
    assert nightlatch("--version").stdout == f"nightlatch {expected}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sesions"], "did you mean `nightlatch sessions`?"),
        (["clock", "advnce"], "did you mean `nightlatch clock advance`?"),
        (["sessions", "--jsn"], "did you mean --json"),
        (["--leger", "x"], "did you mean --ledger?"),
        (["qqqqqq"], "see `nightlatch --help`"),
        (["explain"], "missing argument"),
        (["sessions", "--limit", "many"], "--limit"),
        (["sessions", "list", "one-too-many"], "unexpected extra argument"),
    ],
)
def test_a_wrong_word_names_the_right_one(words: list[str], said: str) -> None:
    result = nightlatch(*words)
    assert result.exit_code == 2
    assert result.stderr.startswith("nightlatch: error: ") and said in result.stderr
    assert result.stdout == "" and "Traceback" not in result.stderr and "─" not in result.stderr


def test_no_ledger_is_exit_6_with_the_remedy() -> None:
    result = nightlatch("sessions")
    assert result.exit_code == 6 and "nightlatch run" in result.stderr and result.stdout == ""


def test_the_exit_code_is_that_of_the_process(bench: Bench) -> None:
    assert spawn("sessions", "show", "nosuch", "--ledger", bench.path).returncode == 1
    assert spawn("nosuch").returncode == 2


def test_a_reader_that_goes_away_is_no_error(bench: Bench) -> None:
    for _ in range(3):
        bench.session()
    command = [sys.executable, "-m", "nightlatch_cli", "events", "--ledger", str(bench.path)]
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    with process.stderr as stderr:
        said = stderr.read()
    assert (process.wait(30), said) == (0, b"")


@pytest.mark.parametrize("words", [["sessions", "--json"], ["doctor"], ["--help"], ["--version"], []], ids=str)
def test_an_output_that_cannot_be_written_is_one_error(bench: Bench, words: list[str]) -> None:
    where = ["--ledger", str(bench.path)] if words and not words[0].startswith("--") else []
    bench.session()
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "nightlatch_cli", *words, *where]
        done = subprocess.run(command, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    said = "nightlatch: error: the output cannot be written: No space left on device\nhint: make room, or send it"
    assert (done.returncode, done.stderr) == (4, f"{said} elsewhere\n")


def test_a_fault_of_our_own_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch, bench: Bench) -> None:
    monkeypatch.setattr("nightlatch_cli.sessions.find_session", None)
    result = nightlatch("sessions", "show", "x")
    assert isinstance(result.exception, TypeError)
