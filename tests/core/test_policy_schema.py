"""The JSON Schema of policies: it knows what the reader knows, lets all through that the reader takes, and objects to
what anybody would mistype."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from tests.core.test_policy_toml import FULL, LINES, WRONG

from nightlatch.core.durations import parse_duration
from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy import Policy
from nightlatch.core.policy_schema import policy_schema
from nightlatch.core.policy_toml import read_policy
from nightlatch.presets import load_policy, preset_names

SCHEMA = policy_schema(preset_names())
VALIDATOR = Draft7Validator(SCHEMA)


def objections(text: str) -> list[str]:
    """Where the schema objects, as dotted paths."""
    found = VALIDATOR.iter_errors(tomllib.loads(text))
    return sorted({".".join(map(str, error.absolute_path)) for error in found})


def read(text: str) -> Policy:
    return read_policy(text, name="x", floors=lambda name: Policy(name, "v"))


def places(node: dict[str, Any], path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where the schema has a table with keys of its own."""
    if "properties" in node:
        yield path
        for key, inner in node["properties"].items():
            yield from places(inner, (*path, key))
    if isinstance(node.get("additionalProperties"), dict):
        yield from places(node["additionalProperties"], (*path, "high"))
    if "items" in node:
        yield from places(node["items"], (*path, 0))


def written(path: tuple[str | int, ...], line: str) -> str:
    """`line` in the table at `path`, as TOML."""
    inner = line
    for key in reversed(path[1:]):
        inner = f"[{{ {inner} }}]" if key == 0 else f"{key} = {inner if inner[0] == '[' else f'{{ {inner} }}'}"
    return f"{path[0]} = {inner if inner[0] == '[' else f'{{ {inner} }}'}" if path else line


def keys_at(path: tuple[str | int, ...]) -> set[str]:
    """What the schema knows at `path`."""
    node = SCHEMA
    for key in path:
        inner = node.get("properties", {}).get(key)
        node = inner or (node["items"] if key == 0 else node["additionalProperties"])
    return set(node["properties"])


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", list(places(SCHEMA)), ids=lambda path: ".".join(map(str, path)) or "all")
def test_it_knows_the_keys_that_the_reader_knows(path: tuple[str | int, ...]) -> None:
    with pytest.raises(PolicyInvalid) as raised:
        read(written(path, "zzz = 1"))
    (unknown,) = (mistake for mistake in raised.value.mistakes if mistake.found == 'unknown key "zzz"')
    assert set(unknown.expected.removeprefix("one of ").split(", ")) == keys_at(path)


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_is_valid(name: str) -> None:
    assert objections(load_policy(name).text) == []


def test_the_whole_example_is_valid() -> None:
    assert objections(FULL) == []


@settings(deadline=None)
@given(st.lists(LINES, max_size=8).map("\n".join))
def test_what_the_reader_takes_is_valid(text: str) -> None:
    try:
        policy = read(text)
    except PolicyInvalid:
        return
    assert objections(policy.text) == []


DURATIONS = st.from_regex(r"(P?[0-9]{0,2}[dDhH]?)?T?([0-9]{0,2}[hHmM]?)?([0-9]{0,2}[mMsS]?)?", fullmatch=True)


@settings(deadline=None)
@given(DURATIONS | st.sampled_from(["off", "Off", "0s", "PT0S", "P1DT", "15", "", "1h30m", "PT30M", "5M", "1y"]))
def test_a_duration_is_one_by_both(text: str) -> None:
    try:
        parse_duration(text)
        fine = True
    except ValueError:
        fine = False
    assert (objections(f'session.idle = "{text}"') == []) is fine


def test_the_mistakes_of_one_file_are_told_at_their_places() -> None:
    assert objections(WRONG) == [
        "", "activity.passive.0.path", "activity.passive.1", "activity.passive.2", "activity.websocket", "alerts",
        "login.public", "login.rewrite_upstream", "rule.0", "rule.1.match.host", "rule.1.match.method",
        "rule.1.match.path", "session", "session.absolute", "session.idle",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "session.grace = 10",
        'risk.high.grace = "1s"',
        "rule = [{}]",
        "rule = [{ match = {} }]",
        "rule = [{ match = { path = [] } }]",
        'rule = [{ match = { path = "/x" }, access = "public", idle = "5m" }]',
        'rule = [{ match = { path = "/x" }, on_expiry = "ask" }]',
        'rule = [{ match = { path = "/x" }, name = "a\\"b" }]',
        'rule = [{ match = { path = "/x//y" } }]',
        'concurrency.then = "refuse"',
        "concurrency.max = 0",
        'hours.zone = "UTC"',
        "remember = {}",
        'remember.rolling = "1h"',
        'hours.open = "8-18"',
        'forms.largest = "4 MiB"',
        'alerts.refresh_storm.window = "off"',
        'alerts.idle_flare.after = "0%"',
        "alerts.rotation_reuse.count = 3",
        'policy.review_every = "3 months"',
    ],
)
def test_what_anybody_would_mistype_is_objected_to_by_both(text: str) -> None:
    assert objections(text) != []
    with pytest.raises(PolicyInvalid):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        'concurrency = {}\nhours = {}',
        'remember.idle = "7d"',
        'remember = { idle = "off", absolute = "30d" }',
        'rule = [{ match = { network = ["10.0.0.0/255.0.0.0", "2001:db8::/32", "::1"] }, access = "public" }]',
        'rule = [{ match = { host = ["[::1]", "*.example.com"], method = "*" } }]',
        'alerts.idle_flare = { after = "overnight", network = "any" }\nalerts.agent_change.then = "off"',
        'hours.open = ["mon-fri 08:00-18:00", "22:00-06:00"]\nforms.secret = "card[*"',
    ],
)  # fmt: skip
def test_what_is_unusual_and_right_is_valid_by_both(text: str) -> None:
    assert objections(text) == []
    assert read(text)


def test_defaults_are_those_in_force() -> None:
    session = SCHEMA["properties"]["session"]["properties"]
    told = {key: schema["default"] for key, schema in session.items()}
    assert told == {"idle": "30m", "absolute": "8h", "rolling": "off", "grace": "10s", "leeway": "30s"}
    alerts = SCHEMA["properties"]["alerts"]["properties"]
    assert alerts["idle_flare"]["properties"]["after"]["default"] == "50%"
    assert alerts["rotation_reuse"]["properties"]["then"]["default"] == "end"
