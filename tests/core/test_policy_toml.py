"""The policy file: every key of the documented example, all mistakes at once, and any text at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.policy import HOUR, MINUTE, SECOND, Activity, Limits, Login, PassivePattern, Policy
from nightlatch.core.policy_toml import PolicyInvalid, read_policy

FULL = """\
[policy]
name = "acme-web"

[session]
idle = "15m"
absolute = "8h"
rolling = "1h"
grace = "10s"
leeway = "30s"

[activity]
passive = [{ path = "/api/poll/**" }, { header = "X-Background" }, { method = "GET", path = "/metrics" }]
websocket = "none"

[risk.high]
idle = "5m"

[[rule]]
name = "health"
match = { path = "/healthz" }
access = "public"

[[rule]]
name = "admin"
match = { path = ["/admin/**"], method = ["*"], host = "*", group = ["admins"], network = ["10.0.0.0/8"] }
risk = "high"
on_expiry = "end"
passive = false
require = { amr = ["mfa"], acr = [], auth_age = "15m", group = [], network = [] }

[login]
rewrite_upstream = true
public = ["/assets/**"]

[alerts]
refresh_storm   = { count = 10, window = "1m", then = "alert" }
idle_flare      = { after = "50%", network = "changed", then = "step_up" }
reuse_after_end = { then = "alert" }
rotation_reuse  = { then = "end" }
"""

WRONG = """\
[polcy]
x = 1
[session]
idle = 15
absolute = "5M"
idel = "5m"
[activity]
passive = [{ path = "poll" }, {}, 3]
websocket = "clients"
[[rule]]
name = "a"
risk = "hgh"
[[rule]]
name = "a"
match = { path = ["/x", "/y?z"], method = "get", network = "10.0.0.1/8", host = "http://x.y:80/a" }
[risk.high]
[login]
rewrite_upstream = "yes"
public = "assets"
[alerts]
refresh_strom = {}
"""


def read(text: str) -> Policy:
    return read_policy(text, name="test", file="p.toml")


def invalid(text: str) -> PolicyInvalid:
    with pytest.raises(PolicyInvalid) as raised:
        read(text)
    return raised.value


def test_the_whole_example_is_read() -> None:
    policy = read(FULL)
    assert policy.name == "acme-web"
    assert policy.session == Limits(15 * MINUTE, 8 * HOUR, HOUR, 10 * SECOND, 30 * SECOND)
    assert policy.activity == Activity(
        (
            PassivePattern("/api/poll/**"),
            PassivePattern(header="x-background"),
            PassivePattern("/metrics", "GET"),
        ),
        "none",
    )
    assert policy.login == Login(True, ("/assets/**",))
    assert [(rule.name, rule.public, rule.risk) for rule in policy.rules] == [
        ("health", True, None),
        ("admin", False, "high"),
    ]
    assert set(policy.tiers) == {"high"}
    assert policy.alerts["refresh_storm"].thresholds["count"] == 10
    assert policy.text == FULL


def test_nothing_at_all_is_the_default_policy() -> None:
    policy = read("")
    assert policy.name == "test"
    assert policy.session == Limits(30 * MINUTE, 8 * HOUR, None, 10 * SECOND, 30 * SECOND)
    assert policy.rules == ()


def test_the_version_follows_the_text() -> None:
    assert read("").version == "e3b0c44298fc"
    assert read("# a").version != read("# b").version


def test_off() -> None:
    keys = ("idle", "absolute", "rolling", "grace", "leeway")
    assert read("[session]\n" + "\n".join(f'{key} = "off"' for key in keys)).session == Limits(None, None, None, 0, 0)


def test_all_mistakes_are_found_at_once_from_top_to_bottom() -> None:
    places = [(mistake.line, mistake.column) for mistake in invalid(WRONG).mistakes]
    assert places == [
        (1, 2), (4, 8), (5, 12), (6, 1), (8, 21), (8, 31), (8, 35), (9, 13), (10, 3), (12, 8), (14, 8),
        (15, 25), (15, 43), (15, 60), (15, 81), (18, 20), (19, 10), (21, 1),
    ]  # fmt: skip


def test_a_mistake_is_shown_with_file_line_and_caret() -> None:
    rendered = invalid(WRONG).render()
    assert 'p.toml:6:1: unknown key "idel"; expected one of idle, absolute, rolling, grace, leeway' in rendered
    assert 'did you mean "idle"?\n  idel = "5m"\n  ^' in rendered


def test_of_mistakes_in_syntax_the_first_is_told() -> None:
    (mistake,) = invalid('[session]\nidle = \nabsolute == "x"').mistakes
    assert (mistake.line, mistake.column, mistake.source) == (2, 8, "idle = ")
    assert mistake.found == "not TOML: Invalid value"
    (mistake,) = invalid('[session]\nidle = """x').mistakes
    assert mistake.line == 2


def test_a_byte_order_mark_and_crlf_are_tolerated() -> None:
    assert read("\ufeff" + FULL.replace("\n", "\r\n")).session == read(FULL).session
    assert invalid("\ufeff[session]\r\n\r\nidel = 1\r\n").mistakes[0][:3] == ("p.toml", 3, 1)


def test_further_public_patterns_are_held_to_the_same() -> None:
    assert read_policy("", name="x", public=("/status",)).public == ("/status",)
    with pytest.raises(PolicyInvalid, match="--public") as raised:
        read_policy("", name="x", public=("status",))
    assert raised.value.mistakes[0].nearest == "/status"


def test_a_floor_that_is_not_known_is_a_mistake() -> None:
    class NotKnown(ValueError):
        nearest = "aal"

    def floors(name: str) -> Policy:
        raise NotKnown(f"no {name}")

    with pytest.raises(PolicyInvalid, match=r'no aaal\); did you mean "aal"'):
        read_policy('[policy]\nfloor = "aaal"', name="x", floors=floors)
    with pytest.raises(PolicyInvalid, match="no presets"):
        read_policy('[policy]\nfloor = "aal"', name="x")


def test_the_floor_is_remembered() -> None:
    policy = read_policy('[policy]\nfloor = "aal"', name="x", floors=lambda name: Policy(name, "v"))
    assert policy.floor == "aal"


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5000,
        "a = " + "[" * 3000 + "]" * 3000,
        "a = " + "9" * 5000,
        "a = 2026-13-45",
        "a\x00b",
        "\r",
        "policy = 3\nsession = 3\nactivity = 3\nrisk = 3\nrule = 3\nlogin = 3\nalerts = 3",
        "rule = [1, [], {}]",
        "[[rule]]\nmatch = [[]]",
        "session.idle.x = 1",
        '[risk."\\u001b[31m"]\nidle = 3',
        "a = '\ud800'",
    ],
)
def test_hostile_text_is_invalid_and_nothing_worse(text: str) -> None:
    assert "^" in invalid(text).render()


TABLES = st.sampled_from(["policy", "session", "activity", "risk", "rule", "login", "alerts", "require", "high"])
KEYS = TABLES | st.sampled_from(["idle", "name", "path", "passive", "floor", "refresh_storm", "count", "public"])
VALUES = st.recursive(
    st.sampled_from(["1", "-1", "true", '"15m"', '"off"', '"/x"', '""', "1.5", "2026-01-01", '"high"', "'*'"]),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(KEYS, inner, max_size=2).map(
            lambda d: "{" + ", ".join(f"{k} = {v}" for k, v in d.items()) + "}"
        )
    ),
    max_leaves=5,
)
LINES = st.one_of(
    st.tuples(KEYS, VALUES).map(lambda line: f"{line[0]} = {line[1]}"),
    st.lists(KEYS, min_size=1, max_size=2).map(lambda keys: f"[{'.'.join(keys)}]"),
    st.just("[[rule]]"),
)


@given(st.lists(LINES, max_size=8).map("\n".join) | st.text(max_size=40))
def test_any_text_is_a_policy_or_invalid_with_a_place(text: str) -> None:
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    try:
        policy = read_policy(text, name="x", floors=lambda name: Policy(name, "v"))
    except PolicyInvalid as invalid:
        assert invalid.mistakes
        assert all(1 <= mistake.line <= len(lines) for mistake in invalid.mistakes)
        assert all(1 <= mistake.column <= len(lines[mistake.line - 1]) + 1 for mistake in invalid.mistakes)
        return
    assert policy.text == text
