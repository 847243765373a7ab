"""The plugin as its users have it: pytest as a process of its own, in a folder of its own."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from tests.e2e import processes
from tests.e2e.processes import surroundings
from tests.example.app import app
from tests.ledger.postgres.server import Server
from tests.ledger.postgres.server import postgres as postgres

from nightlatch.testing.served_app import served

CONFTEST = """
import os, pytest

def app(environ, start):
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]

@pytest.fixture(scope="session")
def nightlatch_upstream():
    return app

@pytest.fixture(autouse=True)
def told(nightlatch, request):
    with open(os.environ.get("PYTEST_XDIST_WORKER", "main") + ".urls", "a") as file:
        file.write(nightlatch.base_url + "\\n")
"""

FIRST = """
import pytest

def test_fails(nightlatch):
    ada = nightlatch.login(user="ada")
    bob = nightlatch.login(user="bob")
    nightlatch.ask("/", ada)
    nightlatch.warp(minutes=10)
    nightlatch.assert_expired(ada, clock="idle")

def test_sees_nothing_of_it(nightlatch):
    assert (nightlatch.sessions, nightlatch.decisions) == ([], [])
    assert "nightlatch-clock" not in nightlatch.ask("/").headers

@pytest.mark.nightlatch(idle="10m")
class TestTightened:
    def test_passes(self, nightlatch):
        ada = nightlatch.login(user="ada")
        nightlatch.warp(minutes=10)
        nightlatch.assert_expired(ada, clock="idle")

    @pytest.mark.nightlatch(absolute="5m")
    def test_both(self, nightlatch):
        ada = nightlatch.login(user="ada")
        nightlatch.warp(minutes=10)
        nightlatch.assert_expired(ada, clock="absolute")

@pytest.mark.nightlatch(idel="10m")
def test_misspelt(nightlatch):
    pass

@pytest.mark.nightlatch(idle="0")
def test_impossible(nightlatch):
    pass
"""

SECOND = """
def test_another_worker_has_a_clock_of_its_own(nightlatch):
    ada = nightlatch.login(user="ada")
    nightlatch.assert_active(ada)
"""


def _pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Only with the plugins that matter here: to load the others takes longer than the tests."""
    plugins = ("-p", "nightlatch.testing.plugin", "-p", "xdist.plugin", "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", *plugins, *arguments]
    # In continuous integration pytest's summary repeats every message in full.
    at_a_desk = {name: value for name, value in surroundings().items() if name not in ("CI", "BUILD_NUMBER")}
    return subprocess.run(
        command,
        cwd=folder,
        env={**at_a_desk, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


def _project(folder: Path, conftest: str, **files: str) -> Path:
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n")
    (folder / "conftest.py").write_text(conftest)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def test_every_worker_has_a_guard_and_a_failure_is_explained(tmp_path: Path) -> None:
    _project(tmp_path, CONFTEST, test_first=FIRST, test_second=SECOND)
    done = _pytest(tmp_path, "-n", "2", "--dist", "loadfile", "--junit-xml", "out.xml")
    cases = {case.get("name"): case for case in ElementTree.parse(tmp_path / "out.xml").iter("testcase")}
    outcomes = {name: [child.tag for child in case if child.tag != "properties"][:1] for name, case in cases.items()}
    failed, broken, passed = ["failure"], ["error"], list[str]()
    assert outcomes == {
        "test_fails": failed,
        "test_sees_nothing_of_it": passed,
        "test_passes": passed,
        "test_both": passed,
        "test_misspelt": broken,
        "test_impossible": broken,
        "test_another_worker_has_a_clock_of_its_own": passed,
    }, done.stdout
    assert "has no `idel`; did you mean `idle`?" in done.stdout
    assert "1 mistake.\n" in done.stdout and "a limit of nothing would let nobody in" in done.stdout
    assert "of ada has not expired by idle: it is active" in done.stdout
    assert done.stdout.count("* GET / -> allow") == 1, "the timeline of the assertion is not told twice"
    assert "Session" in done.stdout and " of bob is active." in done.stdout

    kept = tmp_path / ".nightlatch" / "failures" / "test_first.py-test_fails"
    assert sorted(each.name for each in kept.parent.iterdir()) == [kept.name]
    assert {each.name for each in kept.iterdir()} == {"explain.txt", "guard.log", "ledger.db", "recording.jsonl"}
    assert "of bob is active" in (kept / "explain.txt").read_text()
    explained = processes.nightlatch("explain", json.loads(_sessions(kept))[0]["id"], ledger=kept / "ledger.db")
    assert "is active" in explained.out
    lines = [json.loads(line) for line in (kept / "recording.jsonl").read_text().splitlines()]
    assert lines[0]["schema"] == "nightlatch.capture/1" and len(lines) == 2

    urls = [set(path.read_text().split()) for path in sorted(tmp_path.glob("gw*.urls"))]
    assert [len(each) for each in urls] == [1, 1], "one guard a worker, started once"
    assert urls[0] != urls[1]


def _sessions(kept: Path) -> str:
    return processes.nightlatch("sessions", "list", "--json", ledger=kept / "ledger.db").out


ATTACHED = """
def test_it(nightlatch):
    assert nightlatch.sessions == []
    ada = nightlatch.login(user="ada")
    nightlatch.warp(minutes=31)
    nightlatch.assert_expired(ada, clock="idle")
    assert 0, "to see what is kept"
"""


def test_a_running_guard_can_be_attached_to(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    _project(folder, "", test_it=ATTACHED)
    with served(app) as url:
        _attach(processes.run(tmp_path / "guard", url, "--control", "127.0.0.1:0", "--policy", "default"), folder)


def test_so_can_one_on_a_ledger_in_postgresql(tmp_path: Path, postgres: Server) -> None:
    folder, url = tmp_path / "project", postgres.url(str(tmp_path))
    folder.mkdir()
    _project(folder, "", test_it=ATTACHED)
    with served(app) as upstream:
        _attach(processes.run(tmp_path / "guard", upstream, "--control", "127.0.0.1:0", ledger=url), folder)
    (folder / "pytest.ini").write_text(f"[pytest]\nnightlatch_options = --ledger {url}\n")
    done = _pytest(folder, "--nightlatch-upstream", "http://127.0.0.1:1")
    assert "--ledger is this guard's own affair" in done.stdout and "--nightlatch-url" in done.stdout


def _attach(guard: processes.Guard, folder: Path) -> None:
    try:
        done = _pytest(folder, "--nightlatch-url", f"{guard.control}/#{guard.token}", "--nightlatch-artefacts", "kept")
        assert "to see what is kept" in done.stdout and "1 failed" in done.stdout, done.stdout
        assert [path.name for path in (folder / "kept").rglob("*") if path.is_file()] == ["explain.txt"]
        assert guard.alive()
        assert "offset      none" in guard.must("clock")
        refused = _pytest(folder, "--nightlatch-url", guard.control)
        assert "the token is missing" in refused.stdout, refused.stdout
        shared = _pytest(folder, "--nightlatch-url", guard.control, "-n", "2")
        assert shared.returncode == 4 and "one guard has one clock" in shared.stderr, shared.stderr
    finally:
        guard.stop()


def test_without_an_application_it_says_what_to_do(tmp_path: Path) -> None:
    _project(tmp_path, "", test_it="def test_it(nightlatch): pass")
    done = _pytest(tmp_path)
    assert "override the fixture nightlatch_upstream" in done.stdout
    assert "1 error" in done.stdout


HEAVY = ("mitmproxy", "tornado", "jinja2", "jwt", "cryptography", "msgspec", "sqlite_utils", "typer", "rich.console")


def test_installed_it_costs_nothing_until_it_is_used(tmp_path: Path) -> None:
    options = ["-p", "no:schemathesis", "-p", "no:hypothesispytest", "--help"]
    script = f"import sys, json, pytest; pytest.main({options!r}); print(); print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=surroundings(), capture_output=True, text=True, check=True
    )
    loaded = json.loads(done.stdout.splitlines()[-1])
    own = [each for each in loaded if each.partition(".")[0] == "nightlatch"]
    assert [each for each in HEAVY if each in loaded] == []
    assert "--nightlatch-url" in done.stdout
    assert own == ["nightlatch", "nightlatch.testing", "nightlatch.testing.plugin"]
