"""The notice is put into pages of people with a live session, and into nothing else."""

import gzip

import pytest
from mitmproxy import http
from tests.proxy.bench import NAVIGATION, ORIGIN, SCRIPT, Bench, response
from tests.proxy.conftest import Benches

PAGE = b"<!doctype html><html><head><title>app</title></head><body>hello"
TAG = b'<script src="/.nightlatch/notice.js" defer></script>'
HTML = ("Content-Type", "text/html; charset=utf-8")


@pytest.fixture
def noticing(benches: Benches) -> Bench:
    return benches(notice="on")


def page(
    bench: Bench, *fields: tuple[str, str], body: bytes = PAGE, status: int = 200, path: str = "/", **about: object
) -> http.Response:
    """What a person who is logged in gets, whose application answers with `fields` and `body`."""
    headers = about.pop("headers", NAVIGATION)
    flow = bench.ask(path, cookie=str(about.pop("cookie", "") or bench.log_in()), headers=headers, **about)
    if flow.response is None:
        bench.answer(flow, status, *(fields or (HTML,)))
        response(flow).raw_content = body
        for name, value in fields:
            if name == "Content-Encoding":  # mitmproxy takes away what it does not know while an answer is made
                response(flow).headers[name] = value
    return response(bench.finish(flow))


def test_a_page_gets_it(noticing: Bench) -> None:
    got = page(noticing)
    assert got.raw_content == PAGE.replace(b"<head>", b"<head>" + TAG)
    assert got.headers["Content-Length"] == str(len(PAGE) + len(TAG))


def test_only_with_the_option(bench: Bench) -> None:
    assert page(bench).raw_content == PAGE


def test_a_compressed_page_is_sent_plain(noticing: Bench) -> None:
    got = page(noticing, HTML, ("Content-Encoding", "gzip"), ("Repr-Digest", "sha-256=:x:"), body=gzip.compress(PAGE))
    assert got.raw_content == PAGE.replace(b"<head>", b"<head>" + TAG)
    assert "content-encoding" not in got.headers and "repr-digest" not in got.headers


@pytest.mark.parametrize("status", [200, 404, 500])
def test_an_error_page_gets_it_too(noticing: Bench, status: int) -> None:
    assert TAG in (page(noticing, status=status).raw_content or b"")


@pytest.mark.parametrize(
    "fields",
    [
        (("Content-Type", "application/json"),),
        (("Content-Type", "application/xhtml+xml"),),
        (("X-Nothing", "said"),),
        (("Content-Type", "text/html; charset=utf-16"),),
        (HTML, ("Content-Disposition", 'attachment; filename="report.html"')),
        (HTML, ("Cache-Control", "public, no-transform")),
        (HTML, ("Content-Encoding", "gzip")),
        (HTML, ("Content-Encoding", "unheard-of")),
        (HTML, ("Content-Security-Policy", "default-src 'none'")),
        (HTML, ("Content-Security-Policy", "script-src 'self'"), ("Content-Security-Policy", "sandbox")),
    ],
)
def test_what_is_no_page_or_does_not_want_it_stays_as_it_is(
    noticing: Bench, fields: tuple[tuple[str, str], ...]
) -> None:
    got = page(noticing, *fields)
    assert got.raw_content == PAGE and set(fields) <= set(got.headers.items(multi=True))


@pytest.mark.parametrize(
    "headers", [SCRIPT, {**NAVIGATION, "Sec-Fetch-Dest": "iframe"}, {"HX-Request": "true"}, {"Accept": "*/*"}]
)
def test_only_documents_that_a_person_opened(noticing: Bench, headers: dict[str, str]) -> None:
    assert page(noticing, headers=headers).raw_content == PAGE


def test_only_of_a_live_session(benches: Benches) -> None:
    bench = benches(notice="on", public="/open")
    flow = bench.ask("/open", headers=NAVIGATION)
    bench.answer(flow, 200, HTML)
    response(flow).raw_content = PAGE
    assert response(bench.finish(flow)).raw_content == PAGE
    login = bench.visit("/.nightlatch/login", headers=NAVIGATION)
    assert b"<script" not in (response(login).raw_content or b"")


def test_a_part_of_a_page_is_no_page(noticing: Bench) -> None:
    assert page(noticing, status=206).raw_content == PAGE


def test_an_answer_that_was_passed_on_as_it_came_is_left_alone(noticing: Bench) -> None:
    flow = noticing.ask(cookie=noticing.log_in(), headers=NAVIGATION)
    noticing.answer(flow, 200, HTML)
    response(flow).stream = True
    response(flow).raw_content = None
    assert response(noticing.finish(flow)).raw_content is None


def test_it_carries_the_pages_nonce(noticing: Bench) -> None:
    got = page(noticing, HTML, ("Content-Security-Policy", "script-src 'nonce-abc123'"))
    assert b'<script src="/.nightlatch/notice.js" defer nonce="abc123"></script>' in (got.raw_content or b"")


def test_a_defect_leaves_the_page_as_it_is(noticing: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nightlatch.proxy.notice.with_element", lambda *_, **__: 1 / 0)
    assert page(noticing).raw_content == PAGE


def test_the_script_is_there_for_everybody_and_asks_nobody_else(bench: Bench) -> None:
    got = response(bench.ask("/.nightlatch/notice.js"))
    assert got.status_code == 200 and got.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert (got.headers["X-Content-Type-Options"], got.headers["Cache-Control"]) == ("nosniff", "no-store")
    text = (got.content or b"").decode()
    assert "://" not in text and "innerHTML" not in text and "eval(" not in text
    assert ORIGIN not in text
