"""The matrix of answers: every verdict to every kind of client, and what each answer must not do."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from nightlatch.core.headers import Header
from nightlatch.core.policy import MINUTE
from nightlatch.core.request import RequestView
from nightlatch.core.respond import LoginKind, ResponseSpec, SiteContext, respond
from nightlatch.core.verdict import Clock, Kind, Verdict

NAVIGATION = {"sec-fetch-mode": "navigate"}
SCRIPT = {"sec-fetch-mode": "cors"}
STREAM = {"accept": "text/event-stream"}
WEBSOCKET = {"upgrade": "websocket"}
GRPC = {"content-type": "application/grpc"}
HTMX = {"hx-request": "true"}
DEV = SiteContext("http://localhost:8080", LoginKind.DEV, "/.nightlatch/login", cookie_name="nightlatch-8080")
OWN_LOGIN = DEV._replace(login=LoginKind.SELF, login_url="", cookie_name="sid")
NO_LOGIN = DEV._replace(login=LoginKind.NONE, login_url="", cookie_name=None)
ELSEWHERE = DEV._replace(login=LoginKind.REDIRECT, login_url="https://idp.example/in?app=1")

LOGIN = Verdict(Kind.LOGIN, "no_credential")
EXPIRED = Verdict(Kind.EXPIRED, "clock", "admin", Clock.IDLE, 30 * MINUTE, 31 * MINUTE)
REFUSED = Verdict(Kind.REFUSED, "logout")
INVALID = Verdict(Kind.INVALID, "duplicate")
STEP_UP = Verdict(Kind.STEP_UP, "auth_age", None, Clock.AUTH, 15 * MINUTE, 20 * MINUTE, asks=(("max_age", "900"),))
DENIED = Verdict(Kind.DENIED, "group")
ERROR = Verdict(Kind.ERROR, "ledger")
TURNED_AWAY = (LOGIN, EXPIRED, REFUSED, INVALID, STEP_UP)


class PlainPages:
    """Pages that show what they were given."""

    headers: tuple[Header, ...] = (("Content-Type", "text/html"),)

    def page(self, name: str, **fields: object) -> bytes:
        return f"{name} {fields['why']}".encode()


def request(headers: dict[str, str], method: str = "GET", path: str = "/a", query: str = "b=1") -> RequestView:
    return RequestView(method, "localhost", path, query, {name: (value,) for name, value in headers.items()}, "")


def answer(
    verdict: Verdict, headers: dict[str, str], site: SiteContext = DEV, method: str = "GET", path: str = "/a"
) -> ResponseSpec:
    spec = respond(verdict, request(headers, method, path), site, "abc-1", PlainPages())
    assert spec is not None
    return spec


def field(spec: ResponseSpec, name: str) -> str | None:
    found = [value for header, value in spec.headers if header.lower() == name.lower()]
    assert len(found) <= 1
    return found[0] if found else None


def location(spec: ResponseSpec) -> tuple[str, dict[str, list[str]]]:
    parts = urlsplit(field(spec, "location") or "")
    return parts.path, parse_qs(parts.query)


@pytest.mark.parametrize("kind", [Kind.ALLOW, Kind.PUBLIC])
def test_what_passes_gets_no_answer(kind: Kind) -> None:
    assert respond(Verdict(kind, "live"), request(NAVIGATION), DEV, "a", PlainPages()) is None


@pytest.mark.parametrize(
    ("verdicts", "headers", "status"),
    [
        (TURNED_AWAY, NAVIGATION, 302),
        (TURNED_AWAY, SCRIPT, 401),
        (TURNED_AWAY, STREAM, 401),
        (TURNED_AWAY, WEBSOCKET, 401),
        (TURNED_AWAY, HTMX, 401),
        (TURNED_AWAY, GRPC, 200),
        ((DENIED,), NAVIGATION, 403),
        ((DENIED,), SCRIPT, 403),
        ((DENIED,), STREAM, 403),
        ((DENIED,), WEBSOCKET, 403),
        ((DENIED,), HTMX, 403),
        ((DENIED,), GRPC, 200),
        ((ERROR,), NAVIGATION, 503),
        ((ERROR,), SCRIPT, 503),
        ((ERROR,), STREAM, 503),
        ((ERROR,), WEBSOCKET, 503),
        ((ERROR,), HTMX, 503),
        ((ERROR,), GRPC, 200),
    ],
)
def test_the_matrix(verdicts: tuple[Verdict, ...], headers: dict[str, str], status: int) -> None:
    for verdict in verdicts:
        spec = answer(verdict, headers)
        assert spec.status == status
        assert field(spec, "cache-control") == "no-store"
        assert (field(spec, "nightlatch-verdict") or "").startswith(verdict.kind)
        assert (field(spec, "www-authenticate") is not None) == (status == 401)


@pytest.mark.parametrize("verdict", [*TURNED_AWAY, DENIED, ERROR])
@pytest.mark.parametrize("headers", [NAVIGATION, SCRIPT, WEBSOCKET, HTMX, GRPC])
def test_head_has_no_body(verdict: Verdict, headers: dict[str, str]) -> None:
    assert answer(verdict, headers, NO_LOGIN, "HEAD").body == b""


def test_a_preflight_is_told_of_an_error() -> None:
    headers = {"origin": "http://localhost:5173", "access-control-request-method": "POST"}
    spec = answer(ERROR, headers, method="OPTIONS")
    assert (spec.status, field(spec, "access-control-allow-origin")) == (503, "http://localhost:5173")


def test_a_navigation_goes_to_the_login_and_back() -> None:
    path, query = location(answer(EXPIRED, NAVIGATION))
    assert path == "/.nightlatch/login"
    assert query["return_to"] == ["/a?b=1"]
    assert (query["clock"], query["limit"], query["elapsed"]) == (["idle"], ["1800"], ["1860"])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_form_is_sent_to_the_login_by_get(method: str) -> None:
    assert answer(LOGIN, NAVIGATION, method=method).status == 303


def test_a_login_elsewhere_gets_the_way_back_in_full_and_no_more() -> None:
    spec = answer(EXPIRED, NAVIGATION, ELSEWHERE._replace(return_parameter="next"))
    assert (field(spec, "location") or "").startswith("https://idp.example/in?app=1&")
    assert location(spec)[1] == {"app": ["1"], "next": ["http://localhost:8080/a?b=1"]}


def test_a_login_on_this_site_by_its_full_url_gets_a_path() -> None:
    site = ELSEWHERE._replace(login_url="http://localhost:8080/in")
    assert location(answer(EXPIRED, NAVIGATION, site))[1] == {"return_to": ["/a?b=1"]}


def test_a_step_up_asks_the_login_for_what_is_missing_and_keeps_the_cookie() -> None:
    spec = answer(STEP_UP, NAVIGATION | {"cookie": "nightlatch-8080=x"})
    assert location(spec)[1]["max_age"] == ["900"]
    assert field(spec, "set-cookie") is None


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example", "/%2f/evil.example", "/.nightlatch/logout"])
@pytest.mark.parametrize("site", [DEV, OWN_LOGIN])
def test_an_odd_path_does_not_become_a_way_out(path: str, site: SiteContext) -> None:
    spec = answer(EXPIRED, NAVIGATION | {"cookie": "sid=x"}, site, path=path)
    target, query = location(spec)
    assert query.get("return_to", [target]) == ["/"]


@pytest.mark.parametrize("verdict", TURNED_AWAY)
def test_without_a_login_a_person_gets_a_page(verdict: Verdict) -> None:
    spec = answer(verdict, NAVIGATION, NO_LOGIN)
    assert spec.status == 401
    assert spec.body.startswith(b"unauthorized ")
    assert field(spec, "content-type") == "text/html"


def test_an_application_that_asks_itself_is_asked_again_without_the_cookie() -> None:
    spec = answer(EXPIRED, NAVIGATION | {"cookie": "x=1; sid=dead"}, OWN_LOGIN)
    assert (spec.status, field(spec, "location")) == (302, "/a?b=1")
    assert (field(spec, "set-cookie") or "").startswith("sid=; Path=/; Max-Age=0")


def test_an_application_that_asks_itself_gets_a_form_as_a_get() -> None:
    spec = answer(EXPIRED, NAVIGATION | {"cookie": "sid=dead"}, OWN_LOGIN, "POST")
    assert (spec.status, field(spec, "location")) == (303, "/a?b=1")


@pytest.mark.parametrize(("verdict", "cookie"), [(EXPIRED, "other=1"), (STEP_UP, "sid=live"), (EXPIRED, "%73id=dead")])
def test_no_redirect_in_a_circle_when_the_cookie_would_stay(verdict: Verdict, cookie: str) -> None:
    assert answer(verdict, NAVIGATION | {"cookie": cookie}, OWN_LOGIN).status == 401


@pytest.mark.parametrize("verdict", [EXPIRED, REFUSED, INVALID, Verdict(Kind.LOGIN, "unknown_credential")])
def test_a_dead_cookie_is_deleted_on_navigations(verdict: Verdict) -> None:
    site = DEV._replace(cookie_path="/app", cookie_domain="x.test", origin="https://x.test", cookie_name="sid")
    cookie = field(answer(verdict, NAVIGATION | {"cookie": "sid=x"}, site), "set-cookie") or ""
    assert "Path=/app;" in cookie
    assert cookie.endswith("; Domain=x.test; Secure")


@pytest.mark.parametrize("headers", [SCRIPT, STREAM, WEBSOCKET, GRPC, HTMX])
def test_no_cookie_is_deleted_by_an_answer_to_a_script(headers: dict[str, str]) -> None:
    spec = answer(EXPIRED, headers | {"cookie": "nightlatch-8080=x"})
    assert field(spec, "set-cookie") is None


@pytest.mark.parametrize("verdict", [DENIED, ERROR, STEP_UP])
def test_a_live_cookie_stays(verdict: Verdict) -> None:
    assert field(answer(verdict, NAVIGATION | {"cookie": "nightlatch-8080=x"}), "set-cookie") is None


def test_a_script_can_read_why() -> None:
    spec = answer(EXPIRED, SCRIPT | {"origin": "http://localhost:5173"})
    document = json.loads(spec.body)
    assert field(spec, "content-type") == "application/problem+json"
    assert field(spec, "access-control-allow-origin") == "http://localhost:5173"
    assert field(spec, "vary") == "Origin"
    assert document["login_url"] == "http://localhost:8080/.nightlatch/login"
    assert (document["status"], document["verdict"], document["elapsed"]) == (401, "expired", 1860)


@pytest.mark.parametrize(
    ("site", "url"), [(ELSEWHERE, "https://idp.example/in?app=1"), (OWN_LOGIN, None), (NO_LOGIN, None)]
)
def test_the_login_url_of_a_problem(site: SiteContext, url: str | None) -> None:
    assert json.loads(answer(EXPIRED, SCRIPT, site).body)["login_url"] == url


def test_a_script_of_a_stranger_cannot_read() -> None:
    spec = answer(EXPIRED, SCRIPT | {"origin": "https://evil.example"})
    assert field(spec, "access-control-allow-origin") is None
    assert field(spec, "vary") == "Origin"


@pytest.mark.parametrize(("verdict", "status"), [(EXPIRED, "16"), (STEP_UP, "16"), (DENIED, "7"), (ERROR, "14")])
@pytest.mark.parametrize("content_type", ["application/grpc", "application/grpc-web+proto"])
def test_grpc_gets_its_own_status(verdict: Verdict, status: str, content_type: str) -> None:
    spec = answer(verdict, {"content-type": content_type}, method="POST")
    assert (spec.status, spec.body, field(spec, "grpc-status")) == (200, b"", status)
    assert (field(spec, "content-type") or "").startswith(content_type.partition("+")[0])
    assert (field(spec, "grpc-message") or "").isascii()


def test_htmx_is_sent_to_the_login_with_its_page_as_the_way_back() -> None:
    spec = answer(EXPIRED, HTMX | {"hx-current-url": "http://localhost:8080/page?x=1"})
    assert parse_qs(urlsplit(field(spec, "hx-redirect") or "").query)["return_to"] == ["/page?x=1"]
    foreign = answer(EXPIRED, HTMX | {"hx-current-url": "https://evil.example/"})
    assert parse_qs(urlsplit(field(foreign, "hx-redirect") or "").query)["return_to"] == ["/"]


@pytest.mark.parametrize(
    ("site", "verdict", "target"),
    [(OWN_LOGIN, EXPIRED, "/a?b=1"), (OWN_LOGIN, STEP_UP, None), (NO_LOGIN, EXPIRED, None), (DEV, DENIED, None)],
)
def test_htmx_without_a_login_of_ours(site: SiteContext, verdict: Verdict, target: str | None) -> None:
    assert field(answer(verdict, HTMX, site), "hx-redirect") == target


def test_the_warp_is_shown() -> None:
    assert field(answer(EXPIRED, SCRIPT, DEV._replace(clock_offset="+31m")), "nightlatch-clock") == "+31m"
    assert field(answer(EXPIRED, SCRIPT), "nightlatch-clock") is None
