import json
from pathlib import Path

import pytest
from tests.cli.bench import Bench, nightlatch
from tests.cli.test_login import GONE


def test_before_anything_was_started_nothing_is_wrong() -> None:
    result = nightlatch("doctor")
    assert result.exit_code == 0 and "warn\tledger\tthere is none at .nightlatch/ledger.db yet" in result.stdout
    assert not Path(".nightlatch").exists()


def test_it_is_a_document_too(bench: Bench) -> None:
    bench.announce(pid=GONE)
    result = nightlatch("doctor", "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 0 and document["health"] == "warn"
    assert {"name": "audit trail", "health": "ok", "message": "every event fits"} in document["checks"]


def test_a_ledger_that_is_none_is_a_fail(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, but long enough to look at " * 50)
    result = nightlatch("doctor", "--ledger", tmp_path / "notes.txt", "--json")
    assert result.exit_code == 1 and json.loads(result.stdout)["health"] == "fail"
    assert nightlatch("doctor", "--ledger", tmp_path).exit_code == 1


def test_it_prints_how_the_certificate_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    pem = tmp_path / ".mitmproxy" / "mitmproxy-ca-cert.pem"
    result = nightlatch("doctor", "--trust")
    assert result.exit_code == 0 and f"There is no {pem} yet" in result.stderr
    assert f"Node.js\tNODE_EXTRA_CA_CERTS={pem} node …\t" in result.stdout
    pem.parent.mkdir()
    pem.touch()
    document = json.loads(nightlatch("doctor", "--trust", "--json").stdout)
    assert document["certificate"] == str(pem) and document["made"] is True
    assert {"who", "line", "meaning"} == set(document["trust"][0])
    assert nightlatch("doctor", "--trust").stderr == ""


def test_on_a_narrow_terminal_what_is_to_be_copied_is_on_a_line_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / ("a-home-with-a-long-name" * 3)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("nightlatch_cli.doctor.on_terminal", lambda: True)
    lines = nightlatch("doctor", "--trust").stdout.splitlines()
    pem = home / ".mitmproxy" / "mitmproxy-ca-cert.pem"
    assert f"  NODE_EXTRA_CA_CERTS={pem} node …" in lines
    assert any(line.startswith("Node.js (added to") for line in lines)
