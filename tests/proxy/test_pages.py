"""Pages stand alone, escape what they show, and are allowed by their own security policy."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from nightlatch.core.respond import Pages as PagesPort
from nightlatch.proxy.pages import NAMES, PAGE_HEADERS, Pages

PAGES = Pages()
HOSTILE = "\"'><script>alert(1)</script>"
EXPECTED = (
    *(
        "bad_gateway",
        "bad_request",
        "denied",
        "form_gone",
        "framed",
        "kept_form",
        "log_out",
        "logged_out",
        "login",
        "login_failed",
        "loop",
        "misdirected",
    ),
    *("not_implemented", "refused", "sign_in", "unauthorized", "unavailable"),
)
FIELDS: dict[str, object] = dict.fromkeys(
    (
        "why",
        "failed",
        "refused",
        "code",
        "amr",
        "reason",
        "rule",
        "decision",
        "verdict",
        "upstream",
        "cause",
        "path",
        "option",
        "host",
        "remedy",
        "return_to",
        "form",
        "where",
        "action",
        "minutes",
    ),
    HOSTILE,
) | {"users": [(HOSTILE, (HOSTILE,))], "fields": [{"name": HOSTILE, "value": HOSTILE, "file": HOSTILE, "size": 1}]}


class Outline(HTMLParser):
    """What elements a page has, and what they point to."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: dict[tuple[str, str], list[str]] = {}
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        for name, value in attrs:
            self.attributes.setdefault((tag, name), []).append(value or "")


def test_the_pages_there_are() -> None:
    assert NAMES == EXPECTED


def test_they_are_what_the_core_asks_for() -> None:
    port: PagesPort = PAGES
    assert port.headers == PAGE_HEADERS


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fields", [{}, FIELDS], ids=["bare", "hostile"])
def test_a_page_is_whole_escaped_and_alone(name: str, fields: dict[str, object]) -> None:
    page = PAGES.page(name, **fields)
    outline = Outline(page)
    assert page.startswith(b"<!doctype html>")
    assert b"<script" not in page
    assert b"None" not in page
    assert not {"script", "link", "img", "iframe"} & set(outline.elements)
    assert outline.elements.count("h1") == outline.elements.count("main") == outline.elements.count("title") == 1
    assert outline.attributes["html", "lang"] == ["en"]
    assert ("meta", "name") in outline.attributes
    assert not any(name == "style" or name.startswith("on") for _, name in outline.attributes)
    assert all(link.startswith("/") for link in outline.attributes.get(("a", "href"), []))


@pytest.mark.parametrize("name", NAMES)
def test_the_policy_allows_the_style_and_nothing_else(name: str) -> None:
    style = re.search(rb"<style>(.*?)</style>", PAGES.page(name), re.DOTALL)
    assert style is not None
    policy = dict(PAGE_HEADERS)["Content-Security-Policy"]
    assert f"'sha256-{b64encode(sha256(style[1]).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy


def test_the_login_page() -> None:
    why = "You were idle for 31 minutes; the limit is 30 minutes."
    users = [("alice", ("admins",)), ("bob", ())]
    page = PAGES.page("login", users=users, return_to="/a?b=1&c=2", why=why)
    outline = Outline(page)
    assert why in page.decode()
    assert outline.attributes["form", "action"] == ["/.nightlatch/login"]
    assert outline.attributes["form", "method"] == ["post"]
    assert outline.attributes["button", "value"] == ["alice", "bob"]
    assert outline.attributes["input", "value"] == ["/a?b=1&c=2"]


@pytest.mark.parametrize(
    ("name", "fields", "told"),
    [
        ("login", {}, "--dev-user"),
        ("loop", {"path": "/signin"}, "--public &#39;/signin&#39;"),
        ("misdirected", {"host": "app.test"}, "--host app.test"),
        ("bad_gateway", {"upstream": "http://localhost:3000"}, "curl -i http://localhost:3000"),
        ("bad_gateway", {"cause": "Certificate verify failed"}, "SSL_CERT_FILE=ca.pem"),
        ("unavailable", {}, "nightlatch doctor"),
        ("unavailable", {"remedy": "free some space"}, "free some space"),
        ("unauthorized", {"verdict": "expired"}, "Your session has expired"),
        ("unauthorized", {}, "--login redirect:"),
        ("denied", {"rule": "admin", "decision": "abc-1"}, "<code>abc-1</code>"),
    ],
)
def test_a_page_names_the_remedy(name: str, fields: dict[str, object], told: str) -> None:
    assert told in PAGES.page(name, **fields).decode()


def test_lone_surrogates_do_not_stop_a_page() -> None:
    assert b"?" in PAGES.page("misdirected", host="\ud800")
