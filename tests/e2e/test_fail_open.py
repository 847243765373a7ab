"""Where mitmproxy lets requests through when an addon fails, the guard does not. One test a trap, upstream counted."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.e2e import processes
from tests.e2e.client import Browser, Line, compose
from tests.e2e.conftest import USERS
from tests.e2e.processes import ROOT, Guard, surroundings
from tests.e2e.upstream import Upstream
from tests.e2e.waiting import until

Start = Callable[..., Guard]

BROKEN = """
import sys
from nightlatch.proxy import entrance, gate

def broken(*_, **__):
    raise ZeroDivisionError("a defect in the gate")

entrance.judge = gate.judge = broken
"""


def test_an_exception_in_the_gate_answers_503(guards: Start, upstream: Upstream) -> None:
    def broken(directory: Path, url: str, *options: str, **_: object) -> Guard:
        ready = directory / "ready.json"
        arguments = [
            "run",
            url,
            "--listen",
            "127.0.0.1:0",
            "--ledger",
            str(directory / "l.db"),
            "--ready-file",
            str(ready),
        ]
        script = f"{BROKEN}\nsys.argv[1:] = {arguments!r}\nfrom nightlatch_cli.app import main\nmain()"
        guard = Guard(["-c", script], directory, directory / "l.db")
        until(lambda: ready.exists() or not guard.alive(), "the broken guard to listen")
        guard.url = str(json.loads(ready.read_text())["url"])
        return guard

    browser = Browser(guards(upstream.url, kind=broken).url)
    with upstream.untouched():
        assert (browser.navigate("/").status, browser.fetch("/").status) == (503, 503)
        answer = browser.submit("/form", note="secret")
        assert (answer.status, answer.verdict) == (503, "error")


def test_a_refused_request_opens_no_connection_to_the_application(stranger: Browser, upstream: Upstream) -> None:
    before = upstream.connections
    assert stranger.navigate("/").status == 302
    assert stranger.submit("/form", note="x").status == 303
    assert upstream.connections == before


def test_the_body_of_a_refused_upload_never_starts(guard: Guard, stranger: Browser, upstream: Upstream) -> None:
    """Decided at the headers; the answer comes once the body is in, however large."""
    body = b"x" * 3_000_000
    with upstream.untouched():
        assert stranger.fetch("/upload", method="POST", body=body).status == 401


def test_a_refused_upload_that_never_ends_is_cut_or_answered(
    guard: Guard, stranger: Browser, upstream: Upstream
) -> None:
    head = [
        ("Host", stranger.host),
        ("Accept", "application/json"),
        ("Content-Length", "1000000"),
        ("Expect", "100-continue"),
    ]
    with upstream.untouched(), Line(guard.url) as line:
        line.socket.settimeout(40)
        line.send(compose("POST", "/upload", head) + b"only a little")
        assert line.answer("POST").status in (0, 401)


def test_a_launcher_broken_while_it_runs_lets_nothing_through(
    guards: Start, upstream: Upstream, tmp_path: Path
) -> None:
    """Stock mitmproxy unloads an addon whose script no longer parses, and would forward from then on."""
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "addons", copy / "addons", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "policies", copy / "policies")
    launcher = copy / "addons" / "latch.py"

    def edited(directory: Path, url: str, *_: str, **__: object) -> Guard:
        listen = ["--listen-host", "127.0.0.1", "--listen-port", "0", "--mode", f"reverse:{url}"]
        ledger = ["--set", f"nightlatch_ledger={directory / 'l.db'}", "--set", f"confdir={directory}"]
        guard = Guard(["-c", processes.MITMDUMP, "-s", str(launcher), *listen, *ledger], directory, directory / "l.db")
        found = until(lambda: processes.LISTENING.search(guard.log) or not guard.alive(), "mitmdump to listen")
        assert not isinstance(found, bool), guard.log
        guard.url = f"http://127.0.0.1:{found[1]}"
        return guard

    guard = guards(upstream.url, kind=edited)
    browser = Browser(guard.url)
    with upstream.untouched():
        assert browser.navigate("/").status == 302
        launcher.write_text("def broken(:\n")
        until(
            lambda: "SyntaxError" in guard.log or "invalid syntax" in guard.log or not guard.alive(),
            "mitmproxy to notice",
        )
        for _ in range(5):
            if guard.alive():
                assert _status(browser) in (0, 302, 503)


def _status(browser: Browser) -> int:
    try:
        return browser.navigate("/").status
    except OSError:
        return 0


@pytest.mark.parametrize("kind", [processes.run, processes.stock])
def test_a_ledger_that_breaks_while_it_runs_answers_503(guards: Start, upstream: Upstream, kind: Start) -> None:
    guard = guards(upstream.url, kind=kind)
    browser = Browser(guard.url).login()
    assert browser.navigate("/").status == 200
    for path in guard.ledger.parent.glob("ledger.db*"):
        path.write_bytes(b"this is no database" * 500)
    with upstream.untouched():
        answer = until(lambda: _unless_allowed(browser), "the broken ledger to be noticed")
        assert answer == (503, "error")
        assert browser.fetch("/").status == 503


def _unless_allowed(browser: Browser) -> tuple[int, str] | None:
    answer = browser.navigate("/")
    return None if answer.status == 200 else (answer.status, answer.verdict)


def test_a_ledger_that_was_deleted_while_it_runs_lets_no_revoked_session_in(guards: Start, upstream: Upstream) -> None:
    guard = guards(upstream.url)
    browser = Browser(guard.url).login()
    for path in guard.ledger.parent.glob("ledger.db*"):
        path.unlink()
    with upstream.untouched():
        assert browser.navigate("/").status == 503


def test_a_session_that_cannot_be_written_down_is_none(guards: Start, upstream: Upstream) -> None:
    """Another program holds the ledger's write lock: who is in stays in, who logs in is told 503, and not held up."""
    guard = guards(upstream.url)
    inside, outside = Browser(guard.url).login(), Browser(guard.url)
    other = sqlite3.connect(guard.ledger, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        assert inside.navigate("/").status in (200, 503)
        assert outside.submit("/.nightlatch/login", user="ada").status == 503
        assert not outside.cookies
        other.execute("ROLLBACK")
    finally:
        other.close()
    until(lambda: outside.submit("/.nightlatch/login", user="ada").status == 303, "the ledger to be usable again")
    assert outside.navigate("/").status == 200


@pytest.mark.parametrize("content", [b"garbage" * 1000, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_ledger_that_is_none_stops_the_start(guards: Start, tmp_path: Path, content: bytes) -> None:
    ledger = tmp_path / "broken.db"
    ledger.write_bytes(content)
    guard = guards("http://127.0.0.1:9", kind=processes.start, ledger=ledger)
    until(lambda: not guard.alive(), "the guard to stop")
    assert guard.process.returncode == 6, guard.log
    assert str(ledger) in guard.log
    assert "Traceback" not in guard.log


def test_a_ledger_from_a_newer_version_stops_the_start(guards: Start, upstream: Upstream, tmp_path: Path) -> None:
    ledger = tmp_path / "newer.db"
    guards(upstream.url, ledger=ledger).stop()
    with sqlite3.connect(ledger) as connection:
        connection.execute("PRAGMA user_version = 9999")
    connection.close()
    guard = guards("http://127.0.0.1:9", kind=processes.start, ledger=ledger)
    until(lambda: not guard.alive(), "the guard to stop")
    assert (guard.process.returncode, "newer" in guard.log) == (6, True), guard.log


def test_the_launcher_works_with_nothing_installed(tmp_path: Path) -> None:
    """`mitmdump -s addons/latch.py` from a clone: only the dependencies, no PYTHONPATH, from any directory."""
    environment = {name: value for name, value in surroundings().items() if name != "PYTHONPATH"}
    script = f"import runpy; found = runpy.run_path({str(ROOT / 'addons' / 'latch.py')!r}); print(found['addons'])"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Nightlatch" in done.stdout


def test_a_killed_guard_remembers_what_it_ended(guards: Start, upstream: Upstream, tmp_path: Path) -> None:
    ledger = tmp_path / "shared.db"
    guard = guards(upstream.url, *USERS, ledger=ledger)
    browser = Browser(guard.url).login()
    assert browser.submit("/.nightlatch/logout").status in (200, 303)
    guard.kill()
    port = guard.url.rpartition(":")[2]
    again = guards(upstream.url, *USERS, "--listen", f"127.0.0.1:{port}", ledger=ledger)
    back = Browser(again.url)
    back.cookies = dict(browser.cookies)
    with upstream.untouched():
        assert back.fetch("/").status == 401
