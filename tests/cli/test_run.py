"""`nightlatch run`: every option reaches the guard, and whoever waits for it is told when it is there."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.bench import nightlatch

from nightlatch.proxy import start
from nightlatch.proxy.options import OPTIONS
from nightlatch_cli.exits import ExitCode, Failure
from nightlatch_cli.run import parse_listen

UPSTREAM = "http://localhost:3000"
DEFAULTS = {option.name: option.default for option in OPTIONS}
REGULAR_MODE = {"hosts"}
"""Options of stock mitmproxy's modes, which `run` does not have."""

Started = list[tuple[str, tuple[str, int], dict[str, str]]]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """What the guard was started with, instead of starting it."""
    seen: Started = []

    def prepared(upstream: str, listen: tuple[str, int], options: dict[str, str]) -> None:
        seen.append((upstream, listen, options))

    async def served(prepared: None, on_ready: Callable[[dict[str, object]], None], open_control: object) -> int:
        facts: dict[str, object] = {
            "url": "http://127.0.0.1:8080",
            "control": None,
            "token": None,
            "ledger": "l.db",
            "pid": os.getpid(),
        }
        on_ready(facts | {"site": UPSTREAM, "policy": "default"})
        return 0

    monkeypatch.setattr(start, "prepare", prepared)
    monkeypatch.setattr(start, "serve", served)
    return seen


def test_without_options_they_are_the_proxys_own_defaults(started: Started) -> None:
    assert nightlatch("run", UPSTREAM).exit_code == 0
    ((upstream, listen, options),) = started
    assert (upstream, listen) == (UPSTREAM, ("127.0.0.1", 8080))
    assert options == {name: value for name, value in DEFAULTS.items() if name not in REGULAR_MODE}


@pytest.mark.parametrize(
    ("args", "changes"),
    [
        (["--policy", "strict"], {"policy": "strict"}),
        (["--identity", "cookie:sid"], {"identity": "cookie:sid"}),
        (["--login", "redirect:/in"], {"login": "redirect:/in"}),
        (["--ledger", "other.db"], {"ledger": "other.db"}),
        (["--dev-user", "ada:admins", "--dev-user", "bob"], {"dev_user": "ada:admins bob"}),
        (["--public", "/a/**", "--public", "/b"], {"public": "/a/** /b"}),
        (["--host", "a.test", "--host", "b.test"], {"host": "a.test b.test"}),
        (["--login-path", "/in"], {"login_path": "/in"}),
        (["--allow-origin", "http://a.test"], {"allow_origin": "http://a.test"}),
        (["--adopt", "issued"], {"adopt": "issued"}),
        (["--control", "127.0.0.1:0"], {"control": "127.0.0.1:0"}),
        (["--allow-reissue"], {"allow_reissue": "on"}),
        (["--return-parameter", "next"], {"return_parameter": "next"}),
        (["--no-session-header"], {"session_header": "off"}),
        (["--notice"], {"notice": "on"}),
        (["--record", "c.jsonl"], {"record": "c.jsonl"}),
        (["--jwt-issuer", "https://idp"], {"jwt_issuer": "https://idp"}),
        (["--jwt-audience", "app"], {"jwt_audience": "app"}),
        (["--jwt-algorithms", "ES256"], {"jwt_algorithms": "ES256"}),
        (["--jwt-key-file", "k.pem"], {"jwt_key_file": "k.pem"}),
        (["--jwks", "k.json"], {"jwks": "k.json"}),
        (["--session-claim", "session"], {"session_claim": "session"}),
    ],
    ids=lambda each: each[0] if isinstance(each, list) else "",
)
def test_every_option_reaches_the_guard(started: Started, args: list[str], changes: dict[str, str]) -> None:
    result = nightlatch("run", UPSTREAM, *args)
    assert result.exit_code == 0, result.stderr
    expected = {name: value for name, value in DEFAULTS.items() if name not in REGULAR_MODE} | changes
    assert started[0][2] == expected


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("localhost:0", ("localhost", 0)),
        ("[::1]:9000", ("::1", 9000)),
        ("9000", ("127.0.0.1", 9000)),
        ("0.0.0.0:65535", ("0.0.0.0", 65535)),
    ],
)
def test_where_to_listen(text: str, address: tuple[str, int]) -> None:
    assert parse_listen(text) == address


@pytest.mark.parametrize("text", ["", "localhost", ":8080", "localhost:", "localhost:x", "a:65536", "a:-1", "a:\u0663"])
def test_where_not_to_listen(text: str) -> None:
    with pytest.raises(Failure) as failure:
        parse_listen(text)
    assert failure.value.code is ExitCode.CONFIGURATION
    assert "--listen" in str(failure.value) and "127.0.0.1:8080" in str(failure.value)


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "192.0.2.7:0"])
def test_the_dev_login_is_refused_beyond_loopback(listen: str, tmp_path: Path) -> None:
    result = nightlatch("run", UPSTREAM, "--listen", listen, "--ledger", tmp_path / "l.db")
    assert result.exit_code == 3 and "asks for no password" in result.stderr and result.stdout == ""


def test_a_guard_that_fails_gives_its_exit_code_on(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: object) -> int:
        return 1

    monkeypatch.setattr(start, "serve", failing)
    assert nightlatch("run", UPSTREAM).exit_code == 1


def test_it_says_on_stderr_what_it_guards(started: Started) -> None:
    result = nightlatch("run", UPSTREAM)
    assert result.stdout == ""
    assert UPSTREAM in result.stderr and "http://127.0.0.1:8080" in result.stderr and "l.db" in result.stderr


def test_the_ready_file_is_one_line_for_its_owner(started: Started, tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text("from the last time")
    ready.chmod(0o644)
    assert nightlatch("run", UPSTREAM, "--ready-file", ready).exit_code == 0
    (line,) = ready.read_text().splitlines()
    assert json.loads(line) == {
        "url": "http://127.0.0.1:8080",
        "control": None,
        "token": None,
        "ledger": "l.db",
        "pid": os.getpid(),
    }
    assert stat.S_IMODE(ready.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir() if "ready" in each.name] == ["ready.json"]


def test_it_is_whole_before_it_has_its_name(started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for the file must never read half of it."""
    renamed: list[str] = []
    replace = Path.replace

    def replacing(draft: Path, target: Any) -> Path:
        renamed.append(draft.read_text())
        assert not Path(target).exists()
        return replace(draft, target)

    monkeypatch.setattr(Path, "replace", replacing)
    nightlatch("run", UPSTREAM, "--ready-file", tmp_path / "ready.json")
    assert len(renamed) == 1 and renamed[0].endswith("}\n")


def test_a_ready_file_that_cannot_be_written_is_named(started: Started, tmp_path: Path) -> None:
    result = nightlatch("run", UPSTREAM, "--ready-file", tmp_path / "no" / "ready.json")
    assert result.exit_code == 4 and "ready.json: No such file or directory" in result.stderr
    assert started == [] and "guards" not in result.stderr, "found out before anything listens"


def test_one_that_cannot_be_written_any_more_is_named_too(
    started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nightlatch_cli.run.try_to_replace", lambda _: None)
    result = nightlatch("run", UPSTREAM, "--ready-file", tmp_path / "no" / "ready.json")
    assert result.exit_code == 4 and "--ready-file" in result.stderr


def test_nothing_else_is_an_option() -> None:
    assert nightlatch("run", UPSTREAM, "--polcy", "strict").exit_code == 2
    assert nightlatch("run").exit_code == 2
