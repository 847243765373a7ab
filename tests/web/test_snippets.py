"""What the dashboard copies is run by a shell: here by one in which `nightlatch` and `curl` only tell what they got."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.web.conftest import Desks

DASHBOARD = Path(__file__).parents[2] / "addons" / "nightlatch" / "web" / "dashboard"
ASK = """
import { asCurl } from "./snippets.js";
const [version, session] = JSON.parse(process.argv[2]);
globalThis.location = { origin: "http://127.0.0.1:9090" };
process.stdout.write(asCurl({ version, counted: new Map() }, session));
"""
TOLD = 'nightlatch() { printf "%s|" "$@" >&2; }; curl() { :; }\n'


@pytest.mark.parametrize("folder", ["plain", "it's here $(exit 7)"])
def test_curl_logs_in_to_the_guard_of_this_ledger(desks: Desks, tmp_path: Path, folder: str) -> None:
    place = tmp_path / folder / "ledger.db"
    desk = desks(ledger=str(place))
    session = desk.get(f"/sessions/{desk.log_in_at_control('ada')}")
    for name in ("snippets.js", "format.js"):
        shutil.copy(DASHBOARD / name, tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "ask.js").write_text(ASK)
    command = ["node", "ask.js", json.dumps([desk.get("/version"), session])]
    copied = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    done = subprocess.run(["sh", "-euc", TOLD + copied], env={"NIGHTLATCH_TOKEN": "t"}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, f"login|--user|ada|--ledger|{place}|")
