"""Files that people write by hand: policies, `nightlatch.toml`, durations. Every mistake has its place and a remedy."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typer.main
from scripts.fuzzing.folders import fresh
from scripts.fuzzing.target import Target, Targets, holds

from nightlatch.core.durations import LONGEST, format_duration, parse_duration
from nightlatch.core.lint.linting import lint
from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy_toml import read_policy
from nightlatch.core.toml_places import places
from nightlatch.core.words import describe
from nightlatch.presets import load_policy, preset_folder
from nightlatch_cli.app import app
from nightlatch_cli.config import load_config
from nightlatch_cli.exits import ExitCode, Failure


def policy(content: bytes) -> None:
    """A policy file: it can be put in words, or its mistakes are told at their places."""
    text = content.decode("utf-8", "surrogateescape")
    try:
        found = read_policy(text, name="fuzzed", file="p.toml", floors=load_policy)
    except PolicyInvalid as invalid:
        lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
        for mistake in invalid.mistakes:
            holds(1 <= mistake.line <= len(lines), f"line {mistake.line} of {len(lines)}")
            holds(1 <= mistake.column <= len(lines[mistake.line - 1]) + 1, f"column {mistake.column}: {mistake}")
            holds(mistake.found and mistake.expected, "nothing found or nothing expected")
        holds(invalid.mistakes and not set("\x1b\x07\x9b") & set(invalid.render()), "what is shown steers a terminal")
        return
    describe(found)
    lint(found)


def spots(content: bytes) -> None:
    """Any TOML: every key of it has a place, at which it stands."""
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    found, lines = places(text), text.split("\n")
    for path in _paths(document, ()):
        holds(path in found, f"{path} has no place")
        spot = found[path].key
        holds(spot.column <= len(lines[spot.line - 1]) + 1, f"{path} at {spot}")


def _paths(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in members:
        yield (*path, key)
        yield from _paths(inner, (*path, key))


@cache
def _file() -> Path:
    return fresh() / "nightlatch.toml"


@cache
def _parameters() -> tuple[Any, ...]:
    """The options of `nightlatch run`."""
    group: Any = typer.main.get_command(app)
    command = group.get_command(None, "run")
    return tuple(param for param in command.params if param.param_type_name == "option")


def config(content: bytes) -> None:
    """`nightlatch.toml`: options with their values, or a message that begins with the place."""
    _file().write_bytes(content)
    try:
        load_config(_file()).defaults(_parameters())
    except Failure as failure:
        holds(failure.code is ExitCode.CONFIGURATION, f"exit code {failure.code}")
        holds(failure.message.startswith(str(_file())), f"no place: {failure.message}")


def duration(content: bytes) -> None:
    """A duration: what it is read as is written as something that is read the same."""
    try:
        found = parse_duration(content.decode("utf-8", "surrogateescape"))
    except ValueError as error:
        holds("expected" in str(error) or "longer than ten years" in str(error), f"no remedy: {error}")
        return
    holds(found is None or 0 < found <= LONGEST, f"{found} is out of bounds")
    holds(parse_duration(format_duration(found)) == found, f"{found} is written as another")


_FILES = tuple(file.read_bytes() for file in sorted(preset_folder().glob("*.toml")))
_ODD = rb"""[session]
idle = '''15m'''
"abs\u006flute" = "8h" # "=
[[rule]]
name = "a"
match = { path = ["/a/**", "/b*"], method = "GET", "group" = ['x'] }
require.amr = ["mfa"]
[[rule]]
name = "b"
match.path = '/c'
on_expiry = "reauthenticate"
[rule.require]
auth_age = "1h"
[alerts]
rotation_reuse = { then = "end" }
"""
_FULL = b"""[session]
idle = "15m"
rolling = "1h"
[risk.high]
idle = "5m"
[hours]
zone = "Europe/Berlin"
days = "mon-fri"
from = "08:00"
until = "18:00"
[concurrency]
most = 3
then = "end_oldest"
[forms]
keep = true
[remember]
absolute = "30d"
[audit]
keep = "400d"
[alerts]
refresh_storm = { count = 10, window = "1m", then = "alert" }
idle_flare = { after = "50%", network = "changed", then = "step_up" }
[[rule]]
name = "admin"
match = { path = "/admin/**", host = "*.example.com", network = ["10.0.0.0/8"] }
risk = "high"
access = "public"
require = { amr = ["mfa"], acr = [], auth_age = "15m", group = [], network = [] }
"""
_WORDS = (
    *(b"[session]\n", b"[[rule]]\n", b"[risk.x]\n", b"[policy]\n", b"[hours]\n", b"[activity]\n", b"[login]\n"),
    *(
        b'idle = "15m"\n',
        b'absolute = "off"\n',
        b"match = { ",
        b'path = "/a"',
        b" = ",
        b"'''",
        b'"""',
        b"#",
        b".",
        b"\r\n",
    ),
    *(
        b"1979-05-27T07:32:00Z",
        b"inf",
        b"0x1F",
        b"true",
        b"[[",
        b"]]",
        b'floor = "strict"\n',
        b"passive = [",
        b"\t",
        b'"\\u0000"',
    ),
)
TARGETS: Targets = {
    "policy": Target(policy, (*_FILES, _ODD, _FULL), _WORDS, weight=0.4),
    "places": Target(spots, (*_FILES, _ODD, _FULL), _WORDS),
    "config": Target(
        config,
        (
            b'policy = "strict"\nidentity = "cookie:sid"\npublic = ["/assets/**"]\n',
            b'upstream = "x"\n[table]\n',
            b'json = true\ndev-user = ["ada:admins", "bob"]\nlisten = "127.0.0.1:0"\n',
        ),
        (*_WORDS, b"listen = ", b"dev_user", b"record = ", b"[1]", b"warp"),
        weight=0.2,
    ),
    "duration": Target(
        duration,
        (b"90s", b"15m", b"8h", b"30d", b"1h30m", b"PT30M", b"P1DT2H", b"off", b"0s", b"1M", b"1.5h"),
        (b"P", b"T", b"d", b"h", b"m", b"s", b"9" * 30, "٣".encode(), b"w", b"y", b" ", b"0"),
    ),
}
