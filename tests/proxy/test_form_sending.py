"""A kept form goes out as it was, once, to where it goes, by its person's own act; nothing else carries it."""

from collections.abc import Callable

import pytest
from mitmproxy import http
from mitmproxy.flow import Error
from tests.proxy.bench import NAVIGATION, ORIGIN, SITE, Bench, a_flow, response, the
from tests.proxy.conftest import Benches
from tests.proxy.forms import BODY, PERSON, action, expired, mark, place, question, submit

from nightlatch.core.kept_form import KEPT_FOR, URLENCODED


@pytest.fixture
def cookies(bench: Bench) -> str:
    """Of somebody who is back, and whose form is kept."""
    kept = expired(bench, referer=f"{ORIGIN}/new")
    return f"{bench.log_in(cookie=kept)}; {kept}"


def send(bench: Bench, target: str, cookies: str, **headers: str) -> http.HTTPFlow:
    return submit(bench, target, b"", cookie=cookies, **headers)


def test_it_is_sent_as_it_was(bench: Bench, cookies: str) -> None:
    flow = send(bench, action(question(bench, cookies)), cookies, referer=f"{ORIGIN}/.nightlatch/form")
    assert flow.response is None
    sent = flow.request
    assert (sent.method, sent.path, sent.raw_content) == ("POST", "/order?x=1", BODY)
    assert (sent.headers["Content-Type"], sent.headers["Content-Length"]) == (URLENCODED, str(len(BODY)))
    assert (sent.headers["Origin"], sent.headers["Referer"]) == (SITE, f"{SITE}/new")
    assert sent.headers["X-Forwarded-User"] == "ada" and "nightlatch" not in sent.headers.get("cookie", "")
    assert the(flow).verdict.activity


def test_it_is_sent_once(bench: Bench, cookies: str) -> None:
    target = action(question(bench, cookies))
    assert send(bench, target, cookies).response is None
    assert response(send(bench, target, cookies)).status_code == 410 and not bench.service.kept


def test_of_two_clicks_at_once_one_sends(bench: Bench, cookies: str) -> None:
    target = action(question(bench, cookies))
    flows = [a_flow(target, method="POST", cookie=cookies, headers=PERSON) for _ in range(2)]

    async def together() -> None:
        for flow in flows:
            if (waiting := bench.addon.requestheaders(flow)) is not None:
                await waiting
        for flow in flows:
            if (waiting := bench.addon.request(flow)) is not None:
                await waiting

    bench.run(together())
    assert [flow.response is None for flow in flows] == [True, False]
    assert flows[0].request.raw_content == BODY and response(flows[1]).status_code == 410


@pytest.mark.parametrize(
    "change",
    [
        lambda target: target[:-1] + ("A" if target[-1] != "A" else "B"),
        lambda target: target.partition("=")[0] + "=2&nightlatch-kept=" + target.rpartition("=")[2],
        lambda target: "/admin?nightlatch-kept=" + target.rpartition("=")[2],
        lambda target: target.rpartition("=")[0] + "=",
        lambda target: target + "&more=1",
        lambda target: target + "\u00e9".encode().decode("latin-1"),
    ],
)
def test_only_with_its_nonce_and_only_where_it_goes(bench: Bench, cookies: str, change: Callable[[str], str]) -> None:
    target = change(action(question(bench, cookies)))
    assert response(send(bench, target, cookies)).status_code in (400, 410) and bench.service.kept


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec_fetch_site": "cross-site"},
        {"origin": "http://localhost:9999", "sec_fetch_site": "same-site"},
        {"origin": "", "sec_fetch_site": ""},
    ],
)
def test_only_by_its_own_page(bench: Bench, cookies: str, headers: dict[str, str]) -> None:
    target = action(question(bench, cookies))
    assert response(send(bench, target, cookies, **headers)).status_code == 410 and bench.service.kept


def test_another_subject_cannot_send_it_even_with_the_nonce(bench: Bench, cookies: str) -> None:
    target, kept = action(question(bench, cookies)), cookies.partition("; ")[2]
    flow = send(bench, target, f"{bench.log_in('bob')}; {kept}")
    assert response(flow).status_code == 410 and bench.service.kept
    assert BODY not in (flow.request.raw_content or b"")


def test_whoever_is_logged_out_again_is_sent_to_the_login_and_it_stays(bench: Bench, cookies: str) -> None:
    target, kept = action(question(bench, cookies)), cookies.partition("; ")[2]
    flow = send(bench, target, kept)
    assert place(flow) == "/.nightlatch/login" and "nightlatch-kept" not in response(flow).headers["Location"]
    assert bench.service.kept
    assert send(bench, target, f"{bench.log_in()}; {kept}").response is None


def test_not_after_ten_minutes(bench: Bench, cookies: str) -> None:
    target = action(question(bench, cookies))
    bench.later(us=KEPT_FOR)
    assert response(send(bench, target, cookies)).status_code == 410


def test_the_address_bar_afterwards_leads_to_the_page(bench: Bench, cookies: str) -> None:
    flow = bench.ask(action(question(bench, cookies)), cookie=cookies, headers=NAVIGATION)
    assert response(flow).status_code == 303 and response(flow).headers["Location"] == "/order?x=1"
    away = bench.ask("//evil.example/?nightlatch-kept=x", cookie=cookies, headers=NAVIGATION)
    assert response(away).headers["Location"] == "/"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_the_parameter_never_reaches_the_application(bench: Bench, cookies: str, method: str) -> None:
    target = action(question(bench, cookies))
    assert response(bench.ask(target, method=method, cookie=cookies)).status_code == 410


@pytest.mark.parametrize(("reached", "left"), [(None, True), (1.0, False)])
def test_where_the_application_could_not_be_reached_it_waits_on(
    bench: Bench, cookies: str, reached: float | None, left: bool
) -> None:
    flow = send(bench, action(question(bench, cookies)), cookies)
    assert not bench.service.kept
    flow.server_conn.timestamp_tcp_setup = reached
    flow.error = Error("connection refused")
    bench.addon.error(flow)
    assert bool(bench.service.kept) is left


def test_a_stricter_rule_is_asked_as_ever(benches: Benches) -> None:
    """The gate judges the sending like any other request."""
    bench = benches('[[rule]]\nname = "order"\nmatch = { path = "/order" }\nrequire = { group = ["admins"] }\n')
    cookie = bench.log_in("ada")
    bench.later(31)
    kept = mark(submit(bench, cookie=cookie))
    cookies = f"{bench.log_in('ada')}; {kept}"
    flow = send(bench, action(question(bench, cookies)), cookies)
    assert response(flow).status_code == 403 and bench.service.kept
