"""Only the person counts as active (law of time 4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core import activity
from nightlatch.core.activity import credit, is_passive, is_preflight
from nightlatch.core.policy import SECOND, Activity, Limits, Match, PassivePattern, Policy, Rule
from nightlatch.core.request import RequestView

RULE = Rule("", Match(), Limits())
POLICY = Policy("test", "v")


def asked(path: str = "/", method: str = "GET", body: bool = False, /, **headers: str) -> RequestView:
    fields = {name.replace("_", "-"): (value,) for name, value in headers.items()}
    return RequestView(method, "localhost", path, "", fields, "127.0.0.1", body)


def listed(*patterns: PassivePattern) -> Policy:
    return POLICY._replace(activity=Activity(patterns))


def test_an_ordinary_request_is_activity() -> None:
    assert not is_passive(POLICY, RULE, asked(accept="text/html,*/*;q=0.8", upgrade="h2c", sec_purpose=""))


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("sec_purpose", "prefetch"),
        ("sec_purpose", "prefetch;prerender"),
        ("sec_purpose", "Prefetch; anonymous-client-ip"),
        ("purpose", "prefetch"),
        ("x_moz", "prefetch"),
        ("accept", "text/event-stream"),
        ("accept", "application/json, Text/Event-Stream;q=0.9"),
        ("upgrade", "websocket"),
        ("upgrade", "WebSocket"),
    ],
)
def test_what_browsers_and_scripts_do_by_themselves_is_passive(header: str, value: str) -> None:
    assert is_passive(POLICY, RULE, asked(**{header: value}))


def test_a_second_value_of_a_header_counts_too() -> None:
    request = RequestView("GET", "", "/", "", {"accept": ("text/html", "text/event-stream")}, "")
    assert is_passive(POLICY, RULE, request)


@pytest.mark.parametrize(
    "path",
    [
        "/@vite/client",
        "/_next/webpack-hmr",
        "/__webpack_hmr",
        "/sockjs-node/info",
        "/.nightlatch/session",
        "/%40vite/x",
    ],
)
def test_development_servers_and_the_session_probe_are_passive(path: str) -> None:
    assert is_passive(POLICY, RULE, asked(path))


def test_a_passive_rule_is_passive() -> None:
    assert is_passive(POLICY, RULE._replace(passive=True), asked())


@pytest.mark.parametrize(
    "path", ["/api/poll", "/api/poll/1", "/API/Poll", "/api/x/../poll", "/api%2fpoll", "/api/poll/;x"]
)
def test_a_listed_path_is_passive_in_any_reading(path: str) -> None:
    assert is_passive(listed(PassivePattern(path="/api/poll/**")), RULE, asked(path))


def test_a_path_with_too_many_readings_is_passive() -> None:
    assert is_passive(listed(PassivePattern(path="/poll")), RULE, asked("/a%2fb%5c..%25%35%63;x/%2e%2e;//.%00c" * 40))


def test_all_that_an_entry_names_must_be_true() -> None:
    policy = listed(PassivePattern("/metrics", "GET", "x-background"))
    assert is_passive(policy, RULE, asked("/metrics", x_background="1"))
    assert is_passive(policy, RULE, asked("/metrics", "HEAD", x_background=""))
    assert not is_passive(policy, RULE, asked("/metrics", "POST", x_background="1"))
    assert not is_passive(policy, RULE, asked("/metrics"))
    assert not is_passive(policy, RULE, asked("/other", x_background="1"))


PREFLIGHT = {"origin": "http://a", "access_control_request_method": "POST"}


def test_a_preflight_is_passive() -> None:
    assert is_preflight(asked("/", "OPTIONS", **PREFLIGHT))
    assert is_passive(POLICY, RULE, asked("/", "OPTIONS", **PREFLIGHT))


@pytest.mark.parametrize(
    "request_view",
    [
        asked("/", "GET", **PREFLIGHT),
        asked("/", "OPTIONS", origin="http://a"),
        asked("/", "OPTIONS", access_control_request_method="POST"),
        asked("/", "OPTIONS", True, **PREFLIGHT),
        asked("/", "OPTIONS", upgrade="websocket", **PREFLIGHT),
    ],
)
def test_what_is_no_preflight(request_view: RequestView) -> None:
    assert not is_preflight(request_view)


def test_a_long_exchange_counts_at_its_end_but_for_one_idle_limit_at_most() -> None:
    assert credit(100, SECOND, 60 * SECOND) is None
    assert credit(100, SECOND + 1, 60 * SECOND) == 100 + SECOND + 1
    assert credit(100, 90 * SECOND, 60 * SECOND) == 100 + 60 * SECOND
    assert credit(100, 90 * SECOND, None) == 100 + 90 * SECOND


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.none() | st.integers(1, 10**12))
def test_credit_is_never_later_than_the_end(start: int, duration: int, idle: int | None) -> None:
    at = credit(start, duration, idle)
    assert at is None or start < at <= start + min(duration, idle or duration)


@given(st.text(max_size=30), st.dictionaries(st.sampled_from(["accept", "upgrade", "origin"]), st.text(max_size=30)))
def test_no_request_raises(path: str, headers: dict[str, str]) -> None:
    assert is_passive(listed(PassivePattern(path="/x")), RULE, asked(path, **headers)) in (True, False)


@pytest.mark.parametrize(
    ("counted", "client", "server"), [("client", True, False), ("none", False, False), ("all", True, True)]
)
def test_messages_on_a_websocket_count_by_who_sent_them(counted: str, client: bool, server: bool) -> None:
    policy = POLICY._replace(activity=Activity(websocket=counted))
    for sender, counts in (("client", client), ("server", server)):
        said = asked("/ws")._replace(message=sender)
        assert is_passive(policy, RULE, said) is not counts
        assert is_passive(policy, RULE._replace(passive=True), said)


@pytest.mark.parametrize("path", ["/poll/", "/poll/x", "/POLL/X/"])
def test_a_star_at_the_end_takes_in_what_ends_with_a_slash(path: str) -> None:
    """Whether the application sees `/poll/` or `/poll`: one of them is listed, so nobody was active."""
    policy = listed(PassivePattern("/poll/*", None, None))
    assert is_passive(policy, RULE, asked(path))


def test_long_paths_do_not_stay_in_memory() -> None:
    activity._remembered.cache_clear()
    policy = listed(PassivePattern(path="/api/**"))
    for length in (10, 1000):
        assert is_passive(policy, RULE, asked("/api/" + length * "b"))
        assert not is_passive(policy, RULE, asked("/app/" + length * "b"))
    short_ones = 2 * 2  # of each path: the built-in patterns, and the policy's
    assert activity._remembered.cache_info().currsize == short_ones
