"""A script's element gets into a page's head, and the page is otherwise what it was."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.html_head import with_element

MARK = b"<script src=x></script>"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<!doctype html><html lang=en><head>", "<title>a</title></head><body>"),
        (
            "<!DOCTYPE html>\n<!-- <head> in a comment -->\n<html data-x='a>b'>\n<HEAD class=\"c>d\">",
            "<meta charset=utf-8>",
        ),
        ("\ufeff<!doctype html>", "<title>a</title>"),
        ("<!doctype html>", "<p>no head"),
        ("", "<p>no doctype"),
        ("<html>", "<body><head>not a head</head>"),
        ("", "<header>not a head either</header>"),
        ("<!doctype html><head>", "<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\">"),
        ("", ""),
    ],
)
def test_at_the_beginning_of_the_head(before: str, after: str) -> None:
    assert with_element((before + after).encode(), MARK, charset="utf-8") == before.encode() + MARK + after.encode()


def test_behind_what_tells_the_encoding_where_no_header_does() -> None:
    page = b'<!doctype html><head><title>a</title><meta charset="shift_jis"><p>'
    assert with_element(page, MARK) == page.replace(b"<p>", MARK + b"<p>")
    far = b"<!doctype html><head>" + b" " * 1024 + b"<meta charset=utf-8>"
    assert with_element(far, MARK) == far.replace(b"<head>", b"<head>" + MARK)


@pytest.mark.parametrize("charset", ["utf-16", "UTF-16LE", "utf16", "utf-32", "utf-7", "unicode", "ucs-2"])
def test_not_where_markup_is_no_ascii(charset: str) -> None:
    assert with_element(b"<p>", MARK, charset=charset) is None
    assert with_element("<p>".encode("utf-16"), MARK) is None


class Starts(HTMLParser):
    """The elements of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.decode("utf-8", "replace"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


@given(
    st.sampled_from(["", "<!doctype html>", "<!-- a -->", "\n"]),
    st.sampled_from(["", "<html>", '<html lang="de">', "<html a='>'>"]),
    st.sampled_from(["", "<head>", "<head id=h>", "<!-- <head> -->"]),
    st.text(max_size=50),
)
def test_nothing_else_changes(doctype: str, html: str, head: str, rest: str) -> None:
    page = (doctype + html + head + "<title>t</title>" + rest).encode()
    told = with_element(page, MARK, charset="utf-8")
    assert told is not None and told.replace(MARK, b"", 1) == page
    before, after = Starts(page).seen, Starts(told).seen
    assert [each for each in after if each != ("script", {"src": "x"})] == before


@given(st.binary(max_size=2000))
def test_no_page_takes_long_or_raises(page: bytes) -> None:
    with_element(page, MARK)
    with_element(b"<!--" * 500 + page, MARK)
    with_element(b"<html " + b'a="' * 300 + page, MARK)
