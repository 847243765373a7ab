import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from tests.cli.bench import environment
from tests.e2e.client import Browser
from tests.e2e.waiting import until

from nightlatch_cli.demo.command import greeting, program_name
from nightlatch_cli.demo.guard import Running


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_until_it_is_told_to_stop_and_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    log = tmp_path / "log"
    surroundings = {**environment(), "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "nightlatch_cli", "demo"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=surroundings, stdout=out, stderr=out, start_new_session=True)
    found = until(lambda: re.search(r"Open +(\S+)", log.read_text()), "the demonstration")
    assert found is not None
    browser = Browser(found[1])
    assert browser.navigate("/").status == 302
    assert browser.login("ada").navigate("/").status == 200
    assert "A session ends after 1m without activity." in log.read_text()
    os.killpg(process.pid, number)
    assert process.wait(20) == 0, log.read_text()
    with pytest.raises(ConnectionRefusedError):
        browser.navigate("/")
    assert list(tmp_path.glob("nightlatch-demo-*")) == []


def test_the_greeting_names_the_program_as_it_can_be_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    told = greeting(
        cast(Running, SimpleNamespace(url="http://127.0.0.1:1", dashboard="http://127.0.0.1:3/#t")), "", Path("l.db")
    )
    assert f"{program_name()} clock advance 61s" in told
    assert "Dashboard http://127.0.0.1:3/#t" in told
    assert Path(program_name().split()[0]).exists()
