"""The pages below `/.nightlatch/`: who may ask what of them, and what that does to the session."""

import json
from typing import Any

import pytest
from mitmproxy import http
from tests.proxy.bench import NAVIGATION, ORIGIN, OWN, SCRIPT, Bench, a_flow, response
from tests.proxy.conftest import Benches

from nightlatch.core.policy import MINUTE
from nightlatch.core.session import State
from nightlatch.core.verdict import Kind

ROLLING = '[session]\nidle = "30m"\nabsolute = "8h"\nrolling = "10m"\ngrace = "10s"\n'


def document(flow: http.HTTPFlow) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(response(flow).content or b"")
    return parsed


def test_the_probe_is_always_200_and_tells_what_is_left(bench: Bench) -> None:
    cookie = bench.log_in()
    bench.later(10)
    assert document(bench.ask("/.nightlatch/session")) == {
        "authenticated": False,
        "subject": None,
        "session": None,
        "clocks": {},
    }
    told = document(bench.ask("/.nightlatch/session", cookie=cookie))
    assert (told["authenticated"], told["subject"], told["session"]) == (True, "ada", bench.session().id)
    assert told["clocks"]["idle"]["remaining"] == 20 * 60
    bench.later(20)
    over = bench.ask("/.nightlatch/session", cookie=cookie)
    assert response(over).status_code == 200 and document(over)["authenticated"] is False


def test_the_probe_is_never_activity(bench: Bench) -> None:
    cookie = bench.log_in()
    for _ in range(3):
        bench.later(10)
        bench.visit("/.nightlatch/session", cookie=cookie)
    assert bench.kind(cookie=cookie) is Kind.EXPIRED


def test_extend_is_activity_and_cannot_move_absolute(benches: Benches) -> None:
    bench = benches('[session]\nidle = "30m"\nabsolute = "1h"\n')
    cookie = bench.log_in()
    bench.later(29)
    told = document(bench.post("extend", cookie=cookie))
    assert (told["clocks"]["idle"]["remaining"], told["clocks"]["absolute"]["remaining"]) == (30 * 60, 31 * 60)
    bench.later(29)
    assert bench.kind(cookie=cookie) is Kind.ALLOW
    bench.later(2)
    assert response(bench.post("extend", cookie=cookie)).status_code == 401
    assert bench.session().state is State.EXPIRED
    assert "session.extended" in bench.trail()


def test_it_can_be_extended_more_than_ten_times(bench: Bench) -> None:
    """WCAG 2.2.1 asks for ten, by one simple act each."""
    cookie = bench.log_in()
    for _ in range(16):
        bench.later(29)
        assert document(bench.post("extend", cookie=cookie))["clocks"]["idle"]["remaining"] == 30 * 60


def test_extend_without_a_session_is_no_session(bench: Bench) -> None:
    assert response(bench.post("extend")).status_code == 401
    assert response(bench.post("extend", cookie=f"{OWN}=forged")).status_code == 401


def test_logout_ends_the_session_and_forgets_the_cookie(bench: Bench) -> None:
    cookie = bench.log_in()
    flow = bench.post("logout", cookie=cookie, headers=NAVIGATION)
    assert response(flow).status_code == 200 and "Max-Age=0" in response(flow).headers["set-cookie"]
    assert bench.kind(cookie=cookie) is Kind.REFUSED


def test_a_script_that_logs_out_deletes_no_newer_cookie(bench: Bench) -> None:
    flow = bench.post("logout", cookie=bench.log_in(), headers=SCRIPT)
    assert "set-cookie" not in response(flow).headers and bench.session().state is State.ENDED


def test_a_logout_that_comes_too_late_does_not_hide_the_expiry(bench: Bench) -> None:
    cookie = bench.log_in()
    deadline = bench.wall + 30 * MINUTE
    bench.later(31)
    bench.post("logout", cookie=cookie)
    end = bench.session().end
    assert end is not None and (end.reason, end.at) == ("expired", deadline)


@pytest.mark.parametrize("page", ["login", "logout", "extend"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8081"},
        {"Origin": "", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "", "Sec-Fetch-Site": "same-site"},
    ],
    ids=lambda headers: " ".join(headers.values()),
)
def test_nobody_elses_page_changes_anything(bench: Bench, page: str, headers: dict[str, str]) -> None:
    cookie = bench.log_in()
    before = bench.trail()
    flow = bench.post(page, {"user": "eve"}, cookie=cookie, headers=headers)
    assert response(flow).status_code == 403 and bench.trail() == before
    assert bench.session().state is State.ACTIVE


@pytest.mark.parametrize("headers", [{"Origin": ORIGIN}, {"Origin": "", "Sec-Fetch-Site": "same-origin"}, {}])
def test_this_sites_pages_and_curl_may(bench: Bench, headers: dict[str, str]) -> None:
    assert response(bench.post("login", {"user": "ada"}, headers=headers)).status_code == 303


@pytest.mark.parametrize(
    ("method", "page", "status"),
    [
        ("PUT", "logout", 405),
        ("GET", "extend", 405),
        ("DELETE", "session", 405),
        ("POST", "session", 405),
        ("GET", "callback", 404),
        ("GET", "clock", 404),
        ("GET", "", 404),
        ("GET", "../admin", 404),
    ],
)
def test_other_pages_and_methods(bench: Bench, method: str, page: str, status: int) -> None:
    assert response(bench.ask(f"/.nightlatch/{page}", method=method)).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Length": "65537"}, 413),
        ({"Content-Length": "x"}, 400),
        ({"Transfer-Encoding": "chunked"}, 411),
    ],
)
def test_a_form_has_a_size(bench: Bench, headers: dict[str, str], status: int) -> None:
    flow = bench.enter(a_flow("/.nightlatch/login", method="POST", headers={"Origin": ORIGIN, **headers}), b"user=ada")
    assert response(flow).status_code == status


def test_the_dev_login_is_for_this_machine(bench: Bench) -> None:
    assert response(bench.post("login", {"user": "ada"}, address="192.0.2.7")).status_code == 403
    assert response(bench.post("login", {"user": "ada"}, address="::ffff:127.0.0.1")).status_code == 303


@pytest.mark.parametrize("login", ["none", "redirect:/login"])
def test_without_a_dev_login_there_is_no_page(benches: Benches, login: str) -> None:
    bench = benches(login=login)
    assert response(bench.ask("/.nightlatch/login")).status_code == 404
    assert response(bench.post("login", {"user": "ada"})).status_code == 404


def test_the_login_page_offers_the_people_and_keeps_the_way_back(benches: Benches) -> None:
    bench = benches(dev_user="ada:admins bob")
    page = response(bench.ask("/.nightlatch/login?return_to=/reports%3Fy%3D1")).text or ""
    assert "ada" in page and "bob" in page and "/reports?y=1" in page


def test_an_unknown_person_gets_the_page_again(benches: Benches) -> None:
    bench = benches(dev_user="ada")
    flow = bench.post("login", {"user": "<b>eve", "return_to": "/reports"})
    page = response(flow).text or ""
    assert response(flow).status_code == 401 and "&lt;b&gt;eve" in page and "/reports" in page
    assert "<b>eve" not in page and "set-cookie" not in response(flow).headers
    assert bench.trail() == ["login.failed"]


@pytest.mark.parametrize(
    ("way", "location"), [("/reports?y=1", "/reports?y=1"), ("http://evil.example/", "/"), ("//evil.example", "/")]
)
def test_after_the_login_one_goes_on(bench: Bench, way: str, location: str) -> None:
    answer = response(bench.post("login", {"user": "ada", "return_to": way}))
    assert (answer.status_code, answer.headers["location"]) == (303, location)
    assert answer.headers["set-cookie"].endswith("; Path=/; HttpOnly; SameSite=Lax")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("page", ["extend", "session", "login"])
def test_a_replaced_credential_is_no_better_here_than_elsewhere(benches: Benches, page: str) -> None:
    """After its grace somebody else may hold it (law of trust 11)."""
    bench = benches(ROLLING)
    stolen = bench.log_in()
    bench.later(10)
    bench.visit(cookie=stolen)
    bench.later(1)
    session = bench.session()
    if page == "session":
        assert document(bench.ask("/.nightlatch/session", cookie=stolen))["authenticated"] is False
        return
    bench.post(page, {"user": "ada", "reauthenticate": "1"}, cookie=stolen)
    ended = bench.guard.reader.session(session.id)
    assert ended is not None and ended.end is not None and ended.end.reason == "rotation_reuse"
