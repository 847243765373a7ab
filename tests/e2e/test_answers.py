"""What clients get, each in its own kind: pages are redirected, scripts are told, the application hears nothing."""

import json

import pytest
from tests.e2e.client import Browser
from tests.e2e.upstream import Upstream


def test_a_stranger_who_navigates_is_sent_to_the_login(stranger: Browser, upstream: Upstream) -> None:
    with upstream.untouched():
        answer = stranger.navigate("/reports?week=3")
    assert (answer.status, answer.verdict) == (302, "login")
    assert answer.header("Location").startswith("/.nightlatch/login?")
    assert "return_to=%2Freports%3Fweek%3D3" in answer.header("Location")
    assert answer.header("Cache-Control") == "no-store"


def test_a_strangers_form_is_answered_303_and_its_body_stays_here(stranger: Browser, upstream: Upstream) -> None:
    with upstream.untouched():
        answer = stranger.submit("/form", note="secret")
    assert (answer.status, answer.verdict) == (303, "login")


def test_a_strangers_script_is_told_401(stranger: Browser, upstream: Upstream) -> None:
    with upstream.untouched():
        answer = stranger.fetch("/api/items")
    assert (answer.status, answer.verdict) == (401, "login")
    assert answer.header("Content-Type") == "application/problem+json"
    assert answer.header("WWW-Authenticate").startswith("Bearer")
    assert "error=" not in answer.header("WWW-Authenticate")
    problem = json.loads(answer.body)
    assert problem["status"] == 401
    assert problem["verdict"] == "login"
    assert problem["login_url"].startswith("/.nightlatch/login") or "/.nightlatch/login" in problem["login_url"]


def test_a_visitor_passes_and_hears_how_long(visitor: Browser, upstream: Upstream) -> None:
    answer = visitor.navigate("/reports?week=3")
    assert answer.status == 200
    assert answer.body.endswith(b"the application")
    assert answer.header("Nightlatch-Session").startswith("idle=1800, absolute=")
    assert upstream.last.target == "/reports?week=3"
    assert upstream.last.values("X-Forwarded-User") == ["ada"]


def test_nightlatchs_own_cookie_stays_at_the_guard(visitor: Browser, upstream: Upstream) -> None:
    visitor.cookies["theme"] = "dark"
    visitor.navigate("/")
    assert upstream.last.values("Cookie") == ["theme=dark"]


@pytest.mark.parametrize("path", ["/favicon.ico", "/robots.txt", "/.well-known/security.txt"])
def test_public_without_asking(stranger: Browser, upstream: Upstream, path: str) -> None:
    assert stranger.navigate(path).status == 200
    assert upstream.last.target == path


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "TRACE", "X-ODD"]
)
def test_no_method_gets_a_stranger_in(stranger: Browser, upstream: Upstream, method: str) -> None:
    with upstream.untouched():
        answer = stranger.fetch("/api/items", method=method)
    assert answer.status == 401


def test_a_preflight_passes_without_credentials(visitor: Browser, upstream: Upstream) -> None:
    asks = {"Origin": "https://other.example", "Access-Control-Request-Method": "PUT", "Authorization": "Bearer x"}
    answer = visitor.ask("OPTIONS", "/api/items", asks)
    assert answer.status == 200
    assert not upstream.last.has("Cookie")
    assert not upstream.last.has("Authorization")


@pytest.mark.parametrize(
    "extra",
    [{"Content-Length": "2"}, {"Upgrade": "websocket", "Connection": "upgrade"}, {"Transfer-Encoding": "chunked"}],
)
def test_a_preflight_with_more_is_guarded(stranger: Browser, upstream: Upstream, extra: dict[str, str]) -> None:
    asks = {"Origin": "https://other.example", "Access-Control-Request-Method": "PUT", **extra}
    body = b"0\r\n\r\n" if "Transfer-Encoding" in extra else b"hi" if "Content-Length" in extra else b""
    with upstream.untouched():
        answer = stranger.ask("OPTIONS", "/api/items", asks, body)
        assert answer.status in (400, 401)


def test_the_probe_tells_and_is_no_activity(visitor: Browser, stranger: Browser, upstream: Upstream) -> None:
    with upstream.untouched():
        told = json.loads(visitor.fetch("/.nightlatch/session").body)
        nobody = json.loads(stranger.fetch("/.nightlatch/session").body)
    assert told["authenticated"] is True
    assert told["subject"] == "ada"
    assert set(told["clocks"]) == {"idle", "absolute"}
    assert nobody["authenticated"] is False


def test_logout_needs_this_origin(visitor: Browser, upstream: Upstream) -> None:
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert visitor.ask("POST", "/.nightlatch/logout", foreign).status == 403
    assert visitor.navigate("/").status == 200
    kept = dict(visitor.cookies)
    with upstream.untouched():
        assert visitor.submit("/.nightlatch/logout").status in (200, 303)
        visitor.cookies = kept
        assert visitor.fetch("/").verdict == "refused"


def test_login_needs_this_origin_and_a_known_person(stranger: Browser) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": "https://evil.example"}
    assert stranger.ask("POST", "/.nightlatch/login", form, b"user=ada").status == 403
    assert stranger.submit("/.nightlatch/login", user="mallory").status in (200, 400, 401, 403)
    assert not stranger.cookies


@pytest.mark.parametrize("way", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_way_back_never_leaves_the_site(stranger: Browser, way: str) -> None:
    answer = stranger.submit("/.nightlatch/login", user="ada", return_to=way)
    assert (answer.status, answer.header("Location")) == (303, "/")


@pytest.mark.parametrize(
    "path", ["/.nightlatch/", "/.nightlatch/nosuch", "/.nightlatch", "/.Nightlatch/session", "/%2enightlatch/x"]
)
def test_the_guards_own_paths_never_reach_the_application(visitor: Browser, upstream: Upstream, path: str) -> None:
    with upstream.untouched():
        assert visitor.navigate(path).status in (400, 404)
