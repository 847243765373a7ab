import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import PurePath

import pytest
from tests.replay.made import exchange
from tests.replay.report.made import HOSTILE, morning, studied, subject

from nightlatch.replay.exchange import Exchange
from nightlatch.replay.report.page import page, visible
from nightlatch.replay.report.subject import Subject
from nightlatch.replay.study_json import study_document

VOID = {"meta", "input", "br", "link", "img", "hr"}


class Outline(HTMLParser):
    """Every element with its attributes; whether all that are opened are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def test_the_page_tells_everything() -> None:
    text = page(subject()).decode()
    for part in ("figures", "tradeoff", "gaps", "sessions", "lost", "findings", "routes"):
        assert f'id="{part}"' in text
    assert "lost_writes&gt;0: 1 under tight" in text
    assert text.count('<details class="row') == 3
    assert "somebody met the end" in text
    assert "{ method = &#34;GET&#34;, path = &#34;/poll&#34; }" in text
    assert "tight cuts off 2 that loose lets pass" in text


def test_it_is_well_formed_and_every_link_within_it_leads_somewhere() -> None:
    outline = Outline(page(subject()).decode())
    assert outline.open == []
    ids = [attrs["id"] for _, attrs in outline.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {str(attrs["href"]) for tag, attrs in outline.elements if tag == "a"}
    assert targets <= {f"#{each}" for each in ids}


@pytest.mark.parametrize("text", ["", HOSTILE])
def test_it_needs_and_allows_nothing_but_its_own_style(text: str) -> None:
    made = page(subject(*morning(f"/x{text}"))).decode()
    outline = Outline(made)
    assert not {tag for tag, _ in outline.elements} & {"script", "img", "link", "iframe", "object", "form", "base"}
    attributes = {name for _, attrs in outline.elements for name in attrs}
    assert not {
        name for name in attributes if name.startswith("on") or name in ("style", "src", "srcdoc", "xlink:href")
    }
    (style,) = re.findall(r"<style>(.*?)</style>", made, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    (allowed,) = (attrs["content"] for _, attrs in outline.elements if "http-equiv" in attrs)
    assert allowed == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style
    assert "@import" not in style


def test_what_hides_is_shown_as_such() -> None:
    made = page(subject(*morning(HOSTILE))).decode()
    assert "\x1b" not in made
    assert "\u202e" not in made
    assert "&lt;script&gt;alert(1)" in made
    assert visible("a\u202eb\n") == "a\ufffdb\n"
    assert visible(7) == 7


def test_a_capture_in_which_nothing_happens_has_a_page_too() -> None:
    text = page(subject(exchange(0))).decode()
    assert 'id="gaps"' not in text
    assert text.count('<details class="row') == 1
    assert page(subject(exchange(0, cookie=None)))


def test_thousands_of_sessions_make_a_page_that_opens() -> None:
    first = [exchange(n * 3, "/", f"p{n}") for n in range(2000)]
    people = sorted((each._replace(at=each.at + 400_000_000 * k) for each in first for k in range(3)), key=by_time)
    made = studied(people, sweeps=())
    text = page(Subject(made, study_document(made), PurePath("x"), "x", "1"))
    assert text.count(b'<details class="row') == 2000
    assert len(text) < 5_000_000


def by_time(each: Exchange) -> int:
    return each.at
