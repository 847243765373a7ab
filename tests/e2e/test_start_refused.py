"""A guard that was told nonsense does not listen: it stops, names place and remedy, and lets nothing through."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.e2e import processes
from tests.e2e.processes import LISTENING, Guard, nightlatch
from tests.e2e.waiting import until

UPSTREAM = "http://127.0.0.1:9"

Start = Callable[..., Guard]


def _ends(guard: Guard, code: int | None = None) -> str:
    """Wait until `guard` has ended, with `code` if given (else with any but 0); what it said."""
    until(lambda: not guard.alive(), f"the guard to stop; it says:\n{guard.log}")
    assert guard.process.returncode == code if code is not None else guard.process.returncode != 0, guard.log
    return guard.log


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (["--policy", "defualt"], ["defualt", "default"]),
        (["--identity", "cokie:SID"], ["cokie"]),
        (["--login", "oidc:https://idp.example"], ["oidc"]),
        (["--login", "redirekt:/login"], ["redirekt", "redirect"]),
        (["--dev-user", ":admins"], [":admins"]),
        (["--adopt", "never"], ["never"]),
        (["--identity", "bearer"], ["audience"]),
        (["--policy", "/nowhere/policy.toml"], ["/nowhere/policy.toml"]),
    ],
    ids=lambda value: value[1] if len(value) > 1 else value[0],
)
def test_a_bad_value_stops_the_guard(guards: Start, option: list[str], told: list[str]) -> None:
    said = _ends(guards(UPSTREAM, *option, kind=processes.start), 3)
    assert not [word for word in told if word not in said], said
    assert "Traceback" not in said


def test_what_cannot_be_opened_is_named(guards: Start, tmp_path: Path) -> None:
    said = _ends(guards(UPSTREAM, "--record", str(tmp_path), kind=processes.start), 3)
    assert f"error: cannot record into {tmp_path}: Is a directory; name another file" in said
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        said = _ends(guards(UPSTREAM, "--control", address, kind=processes.start), 3)
        assert f"error: no control API at {address}: Address already in use; name another address" in said


@pytest.mark.parametrize("option", [["--polcy", "strict"], ["--listen"], ["--nosuch"]], ids=lambda value: value[0])
def test_an_unknown_option_is_a_usage_error(option: list[str]) -> None:
    done = nightlatch("run", UPSTREAM, *option)
    assert done.code == 2
    assert option[0] in done.err


def test_a_misspelt_option_is_told_its_nearest_name() -> None:
    assert "--policy" in nightlatch("run", UPSTREAM, "--polcy", "strict").err


@pytest.mark.parametrize(
    "upstream",
    ["localhost", "ftp://localhost", "http://", "http://localhost/app", "http://u:p@localhost", "http://[::1"],
)
def test_an_upstream_that_is_none_is_refused(upstream: str) -> None:
    done = nightlatch("run", upstream, "--listen", "127.0.0.1:0")
    assert done.code in (2, 3)
    assert "Traceback" not in done.err


@pytest.mark.parametrize("listen", ["127.0.0.1", "127.0.0.1:x", "127.0.0.1:99999", ":", "203.0.113.7:0"])
def test_a_listen_address_that_is_none_is_refused(listen: str) -> None:
    done = nightlatch("run", UPSTREAM, "--listen", listen)
    assert done.code in (2, 3)
    assert "Traceback" not in done.err


def test_every_mistake_of_a_policy_is_told_with_its_place(guards: Start, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('[session]\nidel = "15m"\nabsolute = 8\n\n[[rule]]\nname = "a"\nacces = "public"\n')
    said = _ends(guards(UPSTREAM, "--policy", str(policy), kind=processes.start), 3)
    for word in ("idel", "idle", "absolute", "acces", "access", f"{policy}:2", f"{policy}:3", f"{policy}:7", "^"):
        assert word in said, said


@pytest.mark.parametrize(
    "setting",
    [
        "nightlatch_idel=15m",
        "nightlatch_polcy=strict",
        "nightlatch_policy=no-such-policy",
        "nightlatch_identity=cokie:SID",
        "nightlatch_login=redirekt:/x",
        "nightlatch_adopt=maybe",
        "nightlatch_session_header=perhaps",
        "nightlatch_ledger=/proc/nightlatch/ledger.db",
    ],
)
def test_stock_mitmproxy_does_not_listen_with_a_bad_option(guards: Start, setting: str) -> None:
    said = _ends(guards(UPSTREAM, setting, kind=processes.start_stock))
    assert setting.partition("=")[0].removeprefix("nightlatch_").replace("_", "") in said.replace("_", "").replace(
        "-", ""
    ), said
    assert not LISTENING.search(said), said


@pytest.mark.parametrize(
    "setting",
    [
        "ignore_hosts=.*",
        "allow_hosts=nothing",
        "tcp_hosts=.*",
        "map_remote=|.|http://127.0.0.1:9/",
        "map_local=|.|/tmp",
        "stickycookie=.*",
        "stickyauth=.*",
        "modify_headers=/~q/X-Forwarded-User/root",
        "stream_large_bodies=1",
    ],
)
def test_stock_mitmproxy_does_not_listen_beside_an_option_that_goes_round(guards: Start, setting: str) -> None:
    said = _ends(guards(UPSTREAM, setting, kind=processes.start_stock))
    assert setting.partition("=")[0] in said
    assert not LISTENING.search(said), said


@pytest.mark.parametrize(
    "mode", ["regular", "socks5", "upstream:http://127.0.0.1:9", "reverse:tcp://127.0.0.1:9", "reverse:dns://127.0.0.1"]
)
def test_stock_mitmproxy_does_not_listen_in_a_mode_that_cannot_be_guarded(guards: Start, mode: str) -> None:
    said = _ends(guards(UPSTREAM, kind=processes.start_stock, mode=mode))
    assert mode.partition(":")[0] in said
    assert not LISTENING.search(said), said


@pytest.mark.parametrize(
    "settings", [("nightlatch_policy=default", "nightlatch_policy=strict"), ("nightlatch_policy",)]
)
def test_stock_mitmproxy_does_not_go_on_without_the_addon(guards: Start, settings: tuple[str, ...]) -> None:
    """mitmproxy says nothing when an option cannot be set, leaves the addon out and forwards everything."""
    assert "nightlatch_policy" in _ends(guards(UPSTREAM, *settings, kind=processes.start_stock), 1)


def test_another_scripts_bad_option_does_not_leave_the_addon_out(guards: Start, tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text(
        "class Other:\n    def load(self, loader):\n        loader.add_option('other_n', int, 3, 'x')\n"
        "addons = [Other()]\n"
    )

    def with_other(directory: Path, upstream: str, *_: str, **__: object) -> Guard:
        scripts = ["-s", str(other), "-s", str(processes.ROOT / "addons" / "latch.py"), "--set", "other_n=abc"]
        options = ["--set", f"nightlatch_ledger={directory / 'l.db'}", "--set", f"confdir={directory}"]
        listen = ["--listen-host", "127.0.0.1", "--listen-port", "0", "--mode", f"reverse:{upstream}"]
        return Guard(["-c", processes.MITMDUMP, *scripts, *listen, *options], directory, directory / "l.db")

    assert "could not be set up" in _ends(guards(UPSTREAM, kind=with_other), 1)
