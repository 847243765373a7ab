import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.bench import Bench
from tests.e2e.processes import surroundings

from nightlatch.clock import wall_now
from nightlatch.core.session import End, State

COMMAND = "from nightlatch_cli.app import main; main()"


def _offered(line: str, folder: Path, **environment: str) -> list[str]:
    """What bash offers after `line`, at whose end the cursor stands."""
    words = line.split()
    at = len(words) if line.endswith(" ") else len(words) - 1
    asked = {"COMP_WORDS": line, "COMP_CWORD": str(at), "_NIGHTLATCH_COMPLETE": "complete_bash"}
    done = subprocess.run(
        [sys.executable, "-c", COMMAND],
        cwd=folder,
        env={**surroundings(), **asked, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_commands_and_live_sessions_are_offered(bench: Bench, tmp_path: Path) -> None:
    live = bench.session(subject="ada").id
    over = bench.session(subject="bob", state=State.ENDED, end=End(wall_now(), "admin")).id
    ledger = str(bench.path)
    assert _offered("nightlatch se", tmp_path) == ["sessions"]
    assert {"list", "show", "end"} <= set(_offered("nightlatch sessions ", tmp_path))
    assert _offered(f"nightlatch sessions end --ledger {ledger} ", tmp_path) == [live]
    assert _offered("nightlatch expire ", tmp_path, NIGHTLATCH_LEDGER=ledger) == [live]
    (tmp_path / "nightlatch.toml").write_text(f'ledger = "{os.path.relpath(ledger, tmp_path)}"\n')
    assert set(_offered("nightlatch explain ", tmp_path)) == {live, over}
    assert _offered(f"nightlatch --ledger {ledger} explain {over[:7]}", tmp_path) == [over]


@pytest.mark.parametrize("broken", ["", "not TOML ["])
def test_where_there_is_nothing_to_offer_nothing_is_said(tmp_path: Path, broken: str) -> None:
    (tmp_path / "nightlatch.toml").write_text(broken)
    assert _offered("nightlatch sessions show ", tmp_path) == []
