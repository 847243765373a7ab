"""Patterns of paths, hosts and networks, against tables and against a slow model that needs no regular expressions."""

from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nightlatch.core.patterns import host_matches, network_contains, path_matches


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/admin/**", "/admin", True),
        ("/admin/**", "/admin/", True),
        ("/admin/**", "/admin/a/b", True),
        ("/admin/**", "/administrator", False),
        ("/admin/**", "/x/admin", False),
        ("/admin", "/admin", True),
        ("/admin", "/admin/", False),
        ("/admin", "/Admin", False),
        ("/a/*", "/a/b", True),
        ("/a/*", "/a/b/c", False),
        ("/a/*/c", "/a/b/c", True),
        ("/a/**/c", "/a/c", True),
        ("/a/**/c", "/a/b/b/c", True),
        ("/a/**/c", "/ab/c", False),
        ("/icon*.png", "/icon-57x57.png", True),
        ("/icon*.png", "/icon/57.png", False),
        ("/icon**.png", "/icon/57.png", True),
        ("/**", "/", True),
        ("/**", "/a/b", True),
        ("/**", "*", False),
        ("/**/x", "/x", True),
        ("/**/x", "/a/x", True),
        ("/", "/", True),
        ("/", "", False),
        ("/a.b", "/aXb", False),
        ("/(a|b)", "/a", False),
        ("/über", "/über", True),
        ("/über", "/%C3%BCber", True),
        ("/über", "/%c3%bcber", True),
        ("/%C3%BCber", "/über", True),
        ("/a b", "/a%20b", True),
        ("/a%20b", "/a b", True),
        ("/a\n", "/a", False),
        ("/a", "/a\n", False),
        ("/a/**", "/a/b\nc", True),
        ("/**/a/**/b", "/ab/a/b", True),
        ("/**/a*b/**/c", "/abx/ab/c", True),
        ("/a*b/**", "/abxb/c", True),
        ("/a*b/**", "/abx/c", False),
        ("/**a*b**c", "/a/ab/c", True),
        ("/*a*ab", "/aaab", True),
        ("/a**/**/b", "/axx/y/b", True),
    ],
)
def test_paths(pattern: str, path: str, expected: bool) -> None:
    assert path_matches(pattern, path) is expected


def test_case_and_slash_can_make_no_difference() -> None:
    assert path_matches("/Admin", "/aDMIN", fold=True)
    assert path_matches("/Straße", "/STRASSE", fold=True)
    assert path_matches("/admin", "/admin//", slash=True)
    assert path_matches("/admin/", "/admin", slash=True)
    assert path_matches("/", "/", slash=True)
    assert not path_matches("/admin", "/adm", fold=True, slash=True)


def model(pattern: str, path: str) -> bool:
    """A pattern of `/`, letters, `*`, `**` and `/**` segments, matched letter by letter."""

    @cache
    def at(i: int, j: int) -> bool:
        if pattern.startswith("/**", i) and (i + 3 == len(pattern) or pattern[i + 3] == "/"):
            return at(i + 3, j) or any(at(i + 3, k) for k in range(j + 1, len(path) + 1) if path[j] == "/")
        if i == len(pattern):
            return j == len(path)
        if pattern.startswith("**", i):
            return any(at(i + 2, k) for k in range(j, len(path) + 1))
        if pattern[i] == "*":
            return at(i + 1, j) or (j < len(path) and path[j] != "/" and at(i, j + 1))
        return j < len(path) and path[j] == pattern[i] and at(i + 1, j + 1)

    return at(0, 0)


SEGMENTS = ["/a", "/b", "/ab", "/*", "/a*", "/*b", "/**", "/a**b", "/*a*b", "/a**", "/a**b*a"]


@example("/a/**/**", "/a")
@example("/**/**", "")
@given(
    st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=6).map("".join),
    st.lists(st.sampled_from(["/", "a", "b", "/a", "/b"]), max_size=8).map("".join),
)
def test_paths_agree_with_the_model(pattern: str, path: str) -> None:
    everything = not pattern.replace("/**", "")
    expected = (path.startswith("/") or not everything) and model(pattern, path)
    assert path_matches(pattern, path) == expected


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/**/a/**/b/**/c/**/d", "/" + "a/b/c/" * 340),
        ("/*a*b*c*d", "/" + "abc" * 680),
        ("/**a**b**c**d", "/" + "abc" * 680),
        ("/**a*b*c*d/**/e", "/" + "abcd" * 510),
        ("/x**a*b*c*d", "/x" + "abc" * 680),
    ],
)
def test_no_path_keeps_the_guard_busy(pattern: str, path: str) -> None:
    """Anybody may ask for it, and everybody waits. Going back took minutes here: the test's own time limit tells."""
    assert not path_matches(pattern, path)


@given(st.text(max_size=20), st.text(max_size=20), st.booleans(), st.booleans())
def test_no_path_and_no_pattern_raises(pattern: str, path: str, fold: bool, slash: bool) -> None:
    matched = path_matches(f"/{pattern}", path, fold=fold, slash=slash)
    if path_matches(f"/{pattern}", path):
        assert path_matches(f"/{pattern}", path, fold=True, slash=True)
    assert matched in (True, False)


@pytest.mark.parametrize(
    ("pattern", "host", "expected"),
    [
        ("*", "a.example.com", True),
        ("*", "", True),
        ("example.com", "EXAMPLE.com", True),
        ("example.com", "example.com.", True),
        ("Example.com", "example.com", True),
        ("example.com", "exampleXcom", False),
        ("example.com", "a.example.com", False),
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "a.b.example.com", False),
        ("*.example.com", "example.com", False),
        ("**.example.com", "a.b.example.com", True),
        ("app-*", "app-1", True),
        ("::1", "::1", True),
    ],
)
def test_hosts(pattern: str, host: str, expected: bool) -> None:
    assert host_matches(pattern, host) is expected


def host_model(pattern: str, host: str) -> bool:
    """What a host pattern means, place by place."""

    @cache
    def fits(at: int, place: int) -> bool:
        if at == len(pattern):
            return place == len(host)
        if pattern[at] != "*":
            return host[place : place + 1] == pattern[at] and fits(at + 1, place + 1)
        across = pattern.startswith("**", at)
        after = at + len(pattern[at:]) - len(pattern[at:].lstrip("*"))
        return fits(after, place) or (place < len(host) and (across or host[place] != ".") and fits(at, place + 1))

    return fits(0, 0)


@given(
    st.lists(st.sampled_from(["a", "b", ".", "*", "**", "*a", "***"]), min_size=2, max_size=8).map("".join),
    st.text("ab.", max_size=9),
)
def test_hosts_agree_with_the_model(pattern: str, host: str) -> None:
    plain = pattern.removesuffix(".") if pattern.endswith(".") else pattern
    expected = pattern == "*" or host_model(plain, host.removesuffix("."))
    assert host_matches(pattern, host) == expected


@pytest.mark.parametrize("pattern", ["**.a.**.b.**.c", "**a**b**c**d", "*a*b*c*d", "**.e**e*e*e*e*x"])
def test_no_host_keeps_the_guard_busy(pattern: str) -> None:
    """A name below `localhost` may be as long as a head may."""
    assert not host_matches(pattern, "a.b.e" * 8_000 + ".localhost")


@pytest.mark.parametrize(
    ("network", "address", "expected"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1/8", "10.9.9.9", True),
        ("10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("fe80::/10", "fe80::1%eth0", True),
        ("::/0", "10.0.0.1", False),
        ("0.0.0.0/0", "::1", False),
        ("10.0.0.0/8", "", False),
        ("10.0.0.0/8", "10.1", False),
        ("nonsense", "10.0.0.1", False),
    ],
)
def test_networks(network: str, address: str, expected: bool) -> None:
    assert network_contains(network, address) is expected


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_network_and_no_address_raises(network: str, address: str) -> None:
    assert network_contains(network, address) in (True, False)
