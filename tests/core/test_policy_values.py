"""Single values: what is taken, what is not, and what was probably meant."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core import policy_values as values
from nightlatch.core.policy_values import Unfit, nearest

CHECKS = [
    values.path_pattern,
    values.method,
    values.host_pattern,
    values.network,
    values.header_name,
    values.rule_name,
    values.word,
    values.share,
]


@pytest.mark.parametrize(
    ("check", "text", "value"),
    [
        (values.path_pattern, "/admin/**", "/admin/**"),
        (values.path_pattern, "/", "/"),
        (values.path_pattern, "/über/a b/%20", "/über/a b/%20"),
        (values.method, "PROPFIND", "PROPFIND"),
        (values.method, "*", "*"),
        (values.host_pattern, "*.Example.com", "*.example.com"),
        (values.host_pattern, "::1", "::1"),
        (values.network, "10.0.0.0/8", "10.0.0.0/8"),
        (values.network, "10.0.0.1", "10.0.0.1/32"),
        (values.network, "2001:db8::/32", "2001:db8::/32"),
        (values.header_name, "X-Background", "x-background"),
        (values.rule_name, "admin area", "admin area"),
        (values.word, "Größe", "Größe"),
        (values.share, "100%", "100%"),
    ],
)
def test_taken(check: Callable[[str], str], text: str, value: str) -> None:
    assert check(text) == value


@pytest.mark.parametrize(
    ("check", "text", "meant"),
    [
        (values.path_pattern, "admin", "/admin"),
        (values.path_pattern, "", None),
        (values.path_pattern, "/a?b=c", "/a"),
        (values.path_pattern, "/a#b", "/a"),
        (values.path_pattern, "/users/{id}/x", "/users/*/x"),
        (values.path_pattern, "/a/***", None),
        (values.path_pattern, "/a/../b", None),
        (values.path_pattern, "/a//b", None),
        (values.path_pattern, "/a\\b", None),
        (values.path_pattern, "/a\x00", None),
        (values.method, "get", "GET"),
        (values.method, "PSOT", "POST"),
        (values.method, "", None),
        (values.host_pattern, "http://a.example/x", "a.example"),
        (values.host_pattern, "localhost:3000", "localhost"),
        (values.host_pattern, "", None),
        (values.network, "10.0.0.1/8", "10.0.0.0/8"),
        (values.network, "10.0.0", None),
        (values.header_name, "X Background", None),
        (values.header_name, "", None),
        (values.rule_name, "", None),
        (values.rule_name, 'a"b', None),
        (values.rule_name, "a\r\nSet-Cookie: x", None),
        (values.rule_name, "x" * 65, None),
        (values.word, " ", None),
        (values.share, "0%", None),
        (values.share, "101%", None),
        (values.share, "50", None),
    ],
)
def test_refused(check: Callable[[str], str], text: str, meant: str | None) -> None:
    with pytest.raises(Unfit) as unfit:
        check(text)
    assert unfit.value.expected
    assert unfit.value.nearest == meant


@given(st.text(max_size=30), st.sampled_from(CHECKS))
def test_any_text_is_taken_or_unfit(text: str, check: Callable[[str], str]) -> None:
    try:
        assert check(check(text)) == check(text)
    except Unfit:
        return


def test_nearest() -> None:
    assert nearest("Idel", ("idle", "absolute")) == "idle"
    assert nearest("zzz", ("idle", "absolute")) is None


def test_a_path_pattern_is_no_book() -> None:
    assert values.path_pattern("/" + "a" * 1023)
    with pytest.raises(values.Unfit, match="at most 1024 characters"):
        values.path_pattern("/" + "{" * 1024)
