import pytest

from nightlatch.core.policy_toml import read_policy
from nightlatch.presets import load_policy, preset_names
from nightlatch.testing.boundaries import ADDRESS, Asked, Boundary, boundaries

RULES = """
[session]
idle = "10m"
absolute = "1h"
[[rule]]
name = "health"
match = { path = "/healthz" }
access = "public"
[[rule]]
name = "writes"
match = { path = ["/api/**/items/*"], method = ["DELETE"] }
idle = "5m"
[[rule]]
name = "poll"
match = { path = "/poll" }
passive = true
[[rule]]
name = "mfa"
match = { path = "/mfa/**" }
require = { amr = ["mfa"] }
[[rule]]
name = "fresh"
match = { path = "/fresh" }
require = { auth_age = "20m" }
[[rule]]
name = "again"
match = { path = "/again" }
on_expiry = "reauthenticate"
idle = "2m"
[[rule]]
name = "elsewhere"
match = { network = ["10.0.0.0/8"] }
[[rule]]
name = "shadow"
match = { path = "/fresh" }
idle = "1m"
[[rule]]
name = "staff"
match = { path = "/staff/**", group = ["staff"] }
idle = "2h"
"""


def test_every_rule_is_met_by_a_request_of_its_own_or_named() -> None:
    edges, left = boundaries(read_policy(RULES, name="p"))
    assert [(edge.rule, edge.clock, edge.limit) for edge in edges] == [
        ("writes", "idle", 300),
        ("writes", "absolute", 3600),
        ("poll", "idle", 600),
        ("poll", "absolute", 3600),
        ("fresh", "idle", 600),
        ("fresh", "auth", 1200),
        ("again", "idle", 120),
        ("again", "absolute", 3600),
        ("staff", "absolute", 3600),
        ("", "idle", 600),
        ("", "absolute", 3600),
    ]
    by = {(edge.rule, edge.clock): edge for edge in edges}
    assert by["writes", "idle"].asked == Asked("DELETE", "/api/x1/items/x1")
    assert by["again", "idle"].verdict == by["fresh", "auth"].verdict == "step_up"
    assert by["again", "absolute"].verdict == "expired", "it is over for every rule"
    assert by["staff", "absolute"].asked == Asked("GET", "/staff", "staff")
    assert by["staff", "absolute"].keep is None, "its own idle is longer"
    assert {each.rule: each.why for each in left} == {
        "mfa": "it requires a login (amr, acr) that a test cannot give",
        "elsewhere": "no request can be thought of that meets this rule alone",
        "shadow": "no request can be thought of that meets this rule alone",
        "fresh": "absolute: auth_age asks for a login before it",
        "staff": "idle: another clock runs out before it",
    }


def test_who_only_polls_is_kept_active_by_another_request() -> None:
    edges, _ = boundaries(read_policy(RULES, name="p"))
    poll = next(edge for edge in edges if (edge.rule, edge.clock) == ("poll", "absolute"))
    assert poll.keep is not None and poll.keep.path != "/poll"
    assert poll.every < 600


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_has_edges_that_are_kept_within_idle(name: str) -> None:
    policy = load_policy(name)
    edges, _ = boundaries(policy)
    assert edges
    idle = {edge.rule: edge.limit for edge in edges if edge.clock == "idle"}
    for edge in edges:
        assert edge.keep is None or 0 < edge.every < idle.get(edge.rule, policy.session.idle or 0)
        assert edge.keep is not None or edge.clock == "idle" or edge.rule not in idle or idle[edge.rule] > edge.limit


def test_nothing_to_test_is_nothing() -> None:
    assert boundaries(read_policy('[session]\nidle = "off"\nabsolute = "off"\n', name="p")) == ([], [])


def test_a_limit_of_a_second_cannot_be_kept_alive() -> None:
    edges, left = boundaries(read_policy('[session]\nidle = "1s"\nabsolute = "1h"\n', name="p"))
    assert edges == [Boundary("", "idle", 1, Asked("GET", "/"), "expired")]
    assert [each.why for each in left] == ["absolute: nothing keeps anybody active until then"]
    assert ADDRESS == "127.0.0.1"


def test_opening_hours_are_named_as_what_is_not_tested() -> None:
    _, left = boundaries(read_policy('[session]\nidle = "10m"\n[hours]\nopen = ["mon-fri 08:00-18:00"]\n', name="p"))
    assert left[0].rule == "[hours]" and "fail at night" in left[0].why
