"""Carrying a verdict out: what goes on to the application, and what must not."""

from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import http
from tests.proxy.bench import NAVIGATION, OWN, SITE, Bench, a_flow, response
from tests.proxy.conftest import Benches

from nightlatch.identity.cookies import cookie_values
from nightlatch.proxy.apply import _without, client_of, is_browser
from nightlatch.proxy.view import view

PREFLIGHT = {"Origin": "http://x.example", "Access-Control-Request-Method": "PUT", "Authorization": "Bearer x"}
BLANK = b" \t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\xa0"
"""What ISO 8859-1, in which header fields are read, has for white space: more than ASCII, less than UTF-8."""
PIECES = b'sid %73id own = = ; ; , " a 1 \xa0 \x85 \xc2\xa0 \xff'.split(b" ")
lines = st.lists(st.sampled_from([*PIECES, b" "]) | st.binary(max_size=2), max_size=20).map(b"".join)


def cookies(flow: http.HTTPFlow) -> list[str]:
    assert flow.response is None
    return list(flow.request.headers.get_all("cookie"))


def test_its_own_cookie_stays_here_and_the_rest_goes_on(bench: Bench) -> None:
    own = bench.log_in()
    assert cookies(bench.ask(cookie=f"theme=dark; {own}; sid=1")) == ["theme=dark; sid=1"]
    assert cookies(bench.ask(cookie=own)) == []


def test_so_does_that_of_another_guard_on_this_machine(bench: Bench) -> None:
    """Browsers know no ports: they send the cookies of every guard on localhost to each of them."""
    mixed = f"{bench.log_in()}; nightlatch-9090=other; __Host-nightlatch=another; a=nightlatch-1"
    assert cookies(bench.ask(cookie=mixed)) == ["a=nightlatch-1"]


@pytest.mark.parametrize("spelling", ["{0}", '{0}; "theme=light', "%6Eightlatch-8080={1}; {0}"])
def test_in_any_spelling(bench: Bench, spelling: str) -> None:
    own = bench.log_in()
    assert cookies(bench.ask("/robots.txt", cookie=spelling.format(own, own.partition("=")[2]) + "; a=1"))[-1:] in (
        ["a=1"],
        ['"theme=light; a=1'],
    )


def test_a_live_cookie_of_the_application_goes_on_and_an_ended_one_never(benches: Benches) -> None:
    bench = benches(identity="cookie:sid", public="/news")
    live = bench.ask(cookie="sid=abc; theme=dark")
    assert cookies(live) == ["sid=abc; theme=dark"]
    bench.revoke(bench.session(live))
    assert cookies(bench.ask("/news", cookie="sid=abc; theme=dark")) == ["theme=dark"]
    assert bench.ask(cookie="sid=abc").response is not None


@pytest.mark.parametrize("blank", b" \t\x85\xa0")
def test_nor_does_one_whose_name_is_followed_by_what_some_server_skips(benches: Benches, blank: int) -> None:
    bench = benches(identity="cookie:sid", public="/news")
    bench.revoke(bench.session(bench.ask(cookie="sid=abc")))
    flow = a_flow("/news")
    flow.request.headers.fields += ((b"COOKIE", b"a=\xff; sid%c=abc" % blank), (b"X-More", b"sid=abc"))
    assert bench.enter(flow).response is None
    fields = dict(flow.request.headers.fields)
    assert (fields[b"COOKIE"], fields[b"X-More"]) == (b"a=\xff", b"sid=abc")


@given(lines)
def test_of_any_bytes_what_was_judged_is_gone_and_the_rest_as_it_came(line: bytes) -> None:
    field, left = _without((b"Cookie", line), ("sid", "own")) or (b"Cookie", b"")
    names = [unquote_to_bytes(pair.partition(b"=")[0]).strip(BLANK) for pair in left.split(b";") if b"=" in pair]
    came = [pair.strip(BLANK) for pair in line.split(b";")]
    kept = left.split(b"; ") if left else []
    assert field == b"Cookie" and not {b"sid", b"own"} & {*names}
    assert not any(cookie_values({"cookie": (left.decode("latin-1"),)}, name) for name in ("sid", "own"))
    assert kept == [pair for pair in came if pair in kept]
    assert all(pair in kept for pair in came if pair and b"=" not in unquote_to_bytes(pair))


@given(st.binary(min_size=6, max_size=6).filter(lambda name: name.lower() != b"cookie"), lines)
def test_no_other_field_is_touched(name: bytes, line: bytes) -> None:
    assert _without((name, line), ("sid", "own")) == (name, line)


def test_nor_does_an_ended_token(bearer: Bench) -> None:
    flow = bearer.ask("/robots.txt", headers={"Authorization": "Bearer forged"})
    assert flow.response is None and "authorization" not in flow.request.headers


def test_a_preflight_goes_on_without_credentials(bench: Bench) -> None:
    flow = bench.ask(method="OPTIONS", cookie=bench.log_in() + "; a=1", headers=PREFLIGHT)
    assert cookies(flow) == [] and "authorization" not in flow.request.headers


def test_the_application_is_asked_by_its_own_name(bench: Bench) -> None:
    flow = bench.ask(cookie=bench.log_in(), headers={"Origin": "http://localhost:8080", "Nightlatch-User": "root"})
    headers = flow.request.headers
    assert (headers["host"], headers["origin"], headers["x-forwarded-host"]) == (
        SITE.removeprefix("http://"),
        SITE,
        "localhost:8080",
    )
    assert (headers["x-forwarded-for"], headers["x-forwarded-user"]) == ("127.0.0.1", "ada")
    assert "nightlatch-user" not in headers and "x-forwarded-groups" not in headers


def test_a_name_that_fits_no_header_is_left_out(bench: Bench) -> None:
    assert "x-forwarded-user" not in bench.ask(cookie=bench.log_in("zo\xeb")).request.headers


def test_on_a_public_page_nobody_is_named(bench: Bench) -> None:
    flow = bench.ask("/robots.txt", cookie=bench.log_in(), headers={"X-Forwarded-User": "root"})
    assert "x-forwarded-user" not in flow.request.headers


def test_a_refused_body_is_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[http.HTTPFlow] = []
    monkeypatch.setattr(type(bench.service.held), "hold", lambda _, flow: held.append(flow))
    refused = bench.ask(method="POST", headers={"Content-Length": "9"})
    bench.ask(method="POST")
    bench.ask(method="POST", cookie=bench.log_in(), headers={"Content-Length": "9"})
    assert held == [refused]


def test_a_browser_that_asks_for_the_login_page_in_circles_is_told(benches: Benches) -> None:
    """The login page itself is guarded: a mistake of the configuration."""
    bench = benches(login="redirect:http://localhost:8080/sign-in")
    browser = NAVIGATION | {"User-Agent": "Mozilla/5.0"}
    answers = [response(bench.ask("/sign-in", headers=browser)) for _ in range(3)]
    assert [each.status_code for each in answers] == [302, 302, 401]
    assert "--public" in (answers[2].text or "")
    assert bench.ask("/sign-in", headers=browser | {"User-Agent": "Mozilla/4.0"}).response is not None


def test_a_step_up_is_no_loop(benches: Benches) -> None:
    rule = '[[rule]]\nname = "pay"\nmatch = { path = "/.pay" }\nrequire = { auth_age = "5m" }\n'
    bench = benches(f'[session]\nidle = "30m"\n{rule}', login="redirect:http://localhost:8080/.pay")
    cookie = benches(f'[session]\nidle = "30m"\n{rule}').log_in()
    bench.later(6)
    statuses = [response(bench.ask("/.pay", cookie=cookie, headers=NAVIGATION)).status_code for _ in range(4)]
    assert statuses == [302] * 4


def test_who_is_who() -> None:
    browser = view(a_flow(headers=NAVIGATION | {"User-Agent": "Mozilla/5.0"}, cookie=f"{OWN}=x"))
    assert is_browser(browser) and client_of(browser) == ("127.0.0.1", "Mozilla/5.0")
    assert not is_browser(view(a_flow(headers={"User-Agent": "Mozilla/5.0"})))
    assert not is_browser(view(a_flow(headers=NAVIGATION | {"User-Agent": "curl/8"})))
