"""`nightlatch replay --bulk` as it is called."""

import json
import sys
from pathlib import Path

import pytest
from tests.cli.bench import nightlatch

from nightlatch_cli.exits import ExitCode

LOG = "time,session,method,url\n1704099600,a,GET,/\n1704101400,a,POST,/save\n1704101401,,GET,/\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "log.csv"
    file.write_text(LOG)
    return file


def test_it_prints_what_the_other_way_prints(log: Path, tmp_path: Path) -> None:
    bulk, plain = (nightlatch("replay", log, "--json", *more) for more in (["--bulk"], []))
    assert bulk.exit_code == plain.exit_code == ExitCode.OK, bulk.stderr
    assert json.loads(bulk.stdout) == json.loads(plain.stdout)
    assert "sessions by column" in bulk.stderr
    report = tmp_path / "r.json"
    shown = nightlatch("replay", log, "--bulk", "--report", report)
    assert "lost writes\t1" in shown.stdout
    assert json.loads(report.read_text()) == json.loads(plain.stdout)


def test_addresses_where_no_column_tells(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("time,ip\n1704099600,192.0.2.1\n")
    assert "sessions by address" in nightlatch("replay", file, "--bulk").stderr
    assert nightlatch("replay", file, "--bulk", "--session-key", "column").exit_code == ExitCode.EMPTY


@pytest.mark.parametrize(
    "more",
    [
        ["--session-key", "cookie:sid"],
        ["--decisions", "x.jsonl"],
        ["--columns", "x"],
        ["--report", "x.html"],
        ["--fail-on", "relogins>1"],
        ["--sweep", "idle=5m,10m"],
    ],
)
def test_what_does_not_go_together(log: Path, more: list[str]) -> None:
    assert nightlatch("replay", log, "--bulk", *more).exit_code == ExitCode.USAGE


def test_what_cannot_be_read_and_what_is_empty(tmp_path: Path) -> None:
    file = tmp_path / "x.har"
    file.write_text('{"log": {"entries": []}}')
    assert nightlatch("replay", file, "--bulk").exit_code == ExitCode.INPUT
    file.write_text("time,session\nnever,a\n")
    assert nightlatch("replay", file, "--bulk").exit_code == ExitCode.EMPTY


def test_without_the_extra_the_line_that_installs_it(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [name for name in sys.modules if name.startswith("nightlatch.replay.bulk")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "polars", None)
    result = nightlatch("replay", log, "--bulk")
    assert result.exit_code == ExitCode.USAGE
    assert "pip install 'nightlatch[bulk]'" in result.stderr
