"""No `return_to` leads off the site: a corpus of attacks, honest targets, and what must hold for any text at all."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nightlatch.core.redirect import safe_return_to, with_query

ORIGIN = "http://localhost:8080"
CORPUS = Path(__file__).parents[1] / "data" / "open_redirects.txt"
ATTACKS = [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines() if not line.startswith("#")]

pieces = st.lists(
    st.sampled_from(["/", "\\", "..", ".", "%2f", "%5C", "%25", "2f", ";", "\t", "\n", " ", "evil.example", "@", ":"])
    | st.sampled_from([ORIGIN, "http:", "?", "#", ".nightlatch", "／", "＼", "‥", "\ud800", "a"])  # noqa: RUF001 (look-alikes on purpose)
).map("".join)


def test_the_corpus_is_large() -> None:
    assert len(set(ATTACKS)) >= 320


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: ascii(attack)[:60])
def test_an_attack_leads_to_the_front_page(attack: str) -> None:
    assert safe_return_to(attack, ORIGIN) == "/"


@pytest.mark.parametrize(
    ("given_value", "target"),
    [
        ("/", "/"),
        ("/a/b?c=d&e=%2F%2Fx", "/a/b?c=d&e=%2F%2Fx"),
        ("/a/b#part", "/a/b"),
        ("/search?u=http://other.example/", "/search?u=http://other.example/"),
        ("/a//b", "/a//b"),
        ("/a;jsessionid=1/b", "/a;jsessionid=1/b"),
        ("/über?q=ü", "/%C3%BCber?q=%C3%BC"),
        ("/a%20b", "/a%20b"),
        ("/nightlatch", "/nightlatch"),
        ("/a/.nightlatch/x", "/a/.nightlatch/x"),
        (f"{ORIGIN}/x?y=1#z", "/x?y=1"),
        ("HTTP://LocalHost:8080/x", "/x"),
        (f"{ORIGIN}/", "/"),
    ],
)
def test_a_place_on_this_site_is_kept(given_value: str, target: str) -> None:
    assert safe_return_to(given_value, ORIGIN) == target


@given(st.text() | pieces | pieces.map("/".__add__))
@example("/\\evil.example")
def test_whatever_is_given_a_browser_stays_here(value: str) -> None:
    target = safe_return_to(value, ORIGIN)
    assert target.startswith("/")
    assert not target.startswith("//")
    assert re.fullmatch(r"[!-\[\]-~]+", target), "printable ASCII without a backslash"
    landed = urlsplit(urljoin(f"{ORIGIN}/somewhere", target))
    assert landed[:2] == ("http", "localhost:8080")
    assert not re.match(r"/+\.nightlatch([/;]|$)", unquote(landed.path), re.IGNORECASE)


@given(st.text() | pieces)
def test_a_safe_target_is_safe_again(value: str) -> None:
    target = safe_return_to(value, ORIGIN)
    assert safe_return_to(target, ORIGIN) == target


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/login", "/login?return_to=%2Fa%3Fb%3D1"),
        ("/login?x=1", "/login?x=1&return_to=%2Fa%3Fb%3D1"),
        ("/login?", "/login?return_to=%2Fa%3Fb%3D1"),
        ("https://idp.example/in?x=1&#top", "https://idp.example/in?x=1&return_to=%2Fa%3Fb%3D1#top"),
    ],
)
def test_a_parameter_is_added_to_a_url(url: str, expected: str) -> None:
    assert with_query(url, return_to="/a?b=1", left_out=None) == expected


def test_a_url_without_parameters_stays_as_it_is() -> None:
    assert with_query("/login?x", left_out=None) == "/login?x"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_parameter_comes_back_as_it_went_in(text: str) -> None:
    query = urlsplit(with_query("/login?z=1", x=text)).query
    assert parse_qs(query, keep_blank_values=True)["x"] == [text]
