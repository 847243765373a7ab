"""One engine, two shells: what the guard recorded, replayed under the same policy, gets the recorded verdicts."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from tests.e2e.client import SCRIPT, Browser
from tests.e2e.conftest import USERS
from tests.e2e.processes import Guard, nightlatch
from tests.e2e.upstream import Upstream

Start = Callable[..., Guard]


def _live(guard: Guard) -> list[str]:
    """An afternoon of strangers, two people, an idle end, a relogin and a poll; the verdicts as clients saw them."""
    seen = []
    ada, bob, stranger = Browser(guard.url).login("ada"), Browser(guard.url).login("bob"), Browser(guard.url)

    def note(browser: Browser, path: str, **headers: str) -> None:
        answer = browser.ask("GET", path, {**SCRIPT, **headers})
        seen.append(f"{path} {answer.verdict or ('public' if path == '/favicon.ico' else 'allow')}")

    note(stranger, "/secret")
    note(stranger, "/favicon.ico")
    note(ada, "/reports")
    guard.must("clock", "advance", "20m")
    note(ada, "/reports")
    note(bob, "/poll", **{"Sec-Purpose": "prefetch"})
    guard.must("clock", "advance", "11m")
    note(ada, "/reports")
    note(bob, "/reports")
    note(bob, "/again")
    ada.submit("/.nightlatch/logout")
    note(ada, "/reports")
    bob.cookies = {}
    bob.login("bob")
    note(bob, "/back")
    guard.must("clock", "advance", "9h")
    note(bob, "/late")
    return seen


def test_a_recording_replayed_gives_the_recorded_verdicts(guards: Start, upstream: Upstream, tmp_path: Path) -> None:
    capture, decisions = tmp_path / "capture.jsonl", tmp_path / "decisions.jsonl"
    guard = guards(upstream.url, *USERS, "--record", str(capture))
    seen = _live(guard)
    assert guard.stop() == 0
    _replay(str(capture), "--policy", "default", "--decisions", str(decisions))
    lines = [json.loads(line) for line in decisions.read_text().splitlines()]
    told = [f"{urlsplit(line['url']).path} {line['verdict']}" for line in lines]
    assert [line for line in told if "/.nightlatch/" not in line] == seen


def test_a_recording_holds_no_credential(guards: Start, upstream: Upstream, tmp_path: Path) -> None:
    capture = tmp_path / "capture.jsonl"
    guard = guards(upstream.url, *USERS, "--record", str(capture))
    browser = Browser(guard.url).login()
    (value,) = browser.cookies.values()
    browser.fetch(
        f"/?token={value}",
        Authorization=f"Bearer {value}",
        Cookie=f"{next(iter(browser.cookies))}={value}; other={value}",
    )
    guard.stop()
    assert value not in capture.read_text()
    assert capture.stat().st_mode & 0o077 == 0


def test_a_stricter_policy_on_the_same_recording(guards: Start, upstream: Upstream, tmp_path: Path) -> None:
    capture = tmp_path / "capture.jsonl"
    guard = guards(upstream.url, *USERS, "--record", str(capture))
    browser = Browser(guard.url).login()
    browser.fetch("/one")
    guard.must("clock", "advance", "16m")
    browser.fetch("/two")
    guard.stop()
    told = json.loads(_replay(str(capture), "--policy", "strict", "--against", "default", "--json"))
    assert [policy["name"] for policy in told["policies"]] == ["strict", "default"]
    strict, default = told["policies"]
    assert strict["verdicts"]["expired"] == 1
    assert default["verdicts"]["expired"] == 0


def test_a_guard_that_is_started_again_goes_on_with_the_recording(
    guards: Start, upstream: Upstream, tmp_path: Path
) -> None:
    capture = tmp_path / "capture.jsonl"
    for path in ("/one", "/two"):
        guard = guards(upstream.url, *USERS, "--record", str(capture))
        assert Browser(guard.url).login().fetch(path).status == 200
        assert guard.stop() == 0
    told = json.loads(_replay(str(capture), "--policy", "default", "--json"))
    assert (told["policies"][0]["verdicts"]["allow"], told["capture"]["skipped"]) == (2, [])


def _replay(*arguments: str) -> str:
    """What `nightlatch replay` printed."""
    done = nightlatch("replay", *arguments)
    assert done.code == 0, done
    return done.out


def test_what_was_said_on_a_socket_is_activity_in_the_replay_too(
    guards: Start, upstream: Upstream, tmp_path: Path
) -> None:
    capture = tmp_path / "capture.jsonl"
    guard = guards(upstream.url, *USERS, "--record", str(capture))
    browser = Browser(guard.url).login()
    with browser.socket("/ws") as line:
        guard.must("clock", "advance", "20m")
        line.send(bytes([0x81, 0x85, 0, 0, 0, 0]) + b"hello")
        assert line.socket.recv(7) == b"\x81\x05hello"
    guard.must("clock", "advance", "20m")
    assert browser.fetch("/after").status == 200
    assert guard.stop() == 0
    told = json.loads(_replay(str(capture), "--policy", "default", "--json"))
    assert told["policies"][0]["verdicts"]["expired"] == 0
    quiet = tmp_path / "quiet.toml"
    quiet.write_text('[policy]\nname = "quiet"\n[session]\nidle = "30m"\n[activity]\nwebsocket = "none"\n')
    told = json.loads(_replay(str(capture), "--policy", str(quiet), "--json"))
    assert told["policies"][0]["verdicts"]["expired"] == 1
