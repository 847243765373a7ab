"""Each peer answers as it was read, or measured, to answer; and who logs in there still comes back."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.core.test_respond import (
    DENIED,
    DEV,
    ELSEWHERE,
    ERROR,
    EXPIRED,
    NO_LOGIN,
    OWN_LOGIN,
    REFUSED,
    STEP_UP,
    PlainPages,
    field,
    request,
)

from nightlatch.core.peers import PEERS, peer_answer, table
from nightlatch.core.respond import ResponseSpec, SiteContext, respond
from nightlatch.core.verdict import Verdict

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
PAGE = {"accept": CHROME, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
FETCH = {"accept": "*/*", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}
NODE_AXIOS = {"accept": "application/json, text/plain, */*"}
AXIOS = NODE_AXIOS | {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}
IMAGE = {"accept": "image/avif,image/webp,image/*", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}
IFRAME = PAGE | {"sec-fetch-dest": "iframe"}
SOCKET = {"upgrade": "websocket", "sec-fetch-mode": "websocket", "sec-fetch-dest": "empty"}
PREFLIGHT = FETCH | {"origin": "http://localhost:5173", "access-control-request-method": "PUT"}
PREFLIGHT_BARE = {"origin": "http://a", "access-control-request-method": "PUT", "accept": "*/*"}

COLUMNS = (
    *("oauth2-proxy", "pomerium", "mod_auth_openidc", "google-iap", "cloudflare-access", "aws-alb", "envoy"),
    *("authelia", "spring-security"),
)
MATRIX = [
    ("a page", "GET", PAGE, (403, 302, 302, 302, 302, 302, 302, 302, 302)),
    ("fetch", "GET", FETCH, (403, 302, 401, 302, 302, 302, 302, 302, 302)),
    ("curl", "GET", {"accept": "*/*"}, (403, 302, 302, 302, 302, 302, 302, 302, 302)),
    ("json", "GET", {"accept": "application/json"}, (401, 401, 401, 302, 302, 302, 302, 401, 302)),
    ("axios", "GET", AXIOS, (401, 401, 401, 302, 302, 302, 302, 401, 302)),
    ("axios in node", "GET", NODE_AXIOS, (401, 401, 302, 302, 302, 302, 302, 401, 302)),
    ("json, weighed", "GET", {"accept": "application/json;q=0.9"}, (403, 401, 401, 302, 302, 302, 302, 401, 302)),
    (
        "XHR",
        "GET",
        FETCH | {"x-requested-with": "XMLHttpRequest"},
        (403, 302, 401, 401, 401, 302, 302, 401, 401),
    ),
    ("an image", "GET", IMAGE, (403, 401, 401, 302, 302, 302, 302, 401, 302)),
    ("an iframe", "GET", IFRAME, (403, 302, 401, 302, 302, 302, 302, 302, 302)),
    ("a socket", "GET", SOCKET, (403, 302, 401, 302, 302, 302, 302, 401, 302)),
    ("a bare socket", "GET", {"upgrade": "websocket", "accept": "*/*"}, (403, 302, 302, 302, 302, 302, 302, 302, 302)),
    ("a form", "POST", PAGE, (403, 302, 302, 401, 302, 302, 302, 303, 302)),
    ("a preflight", "OPTIONS", PREFLIGHT, (403, 302, 401, 401, 403, 302, 302, 302, 302)),
    ("a bare preflight", "OPTIONS", PREFLIGHT_BARE, (403, 302, 302, 401, 403, 302, 302, 302, 302)),
    ("gRPC", "POST", {"content-type": "application/grpc"}, (403, 401, 401, 401, 302, 302, 302, 401, 302)),
]
"""A transcript of what was found out about these systems, not of the code."""


def answer(name: str, headers: dict[str, str], method: str = "GET", site: SiteContext = DEV) -> ResponseSpec:
    spec = respond(EXPIRED, request(headers, method), site._replace(peer=PEERS[name]), "abc-1", PlainPages())
    assert spec is not None
    return spec


def test_all_of_them_are_here() -> None:
    assert tuple(PEERS) == COLUMNS


@pytest.mark.parametrize(("client", "method", "headers", "statuses"), MATRIX, ids=[row[0] for row in MATRIX])
def test_the_status_that_each_client_gets_from_each_peer(
    client: str, method: str, headers: dict[str, str], statuses: tuple[int, ...]
) -> None:
    told = {name: answer(name, headers, method).status for name in COLUMNS}
    assert told == dict(zip(COLUMNS, statuses, strict=True))


def test_where_a_browser_logs_in_it_comes_back_from() -> None:
    for name in COLUMNS[1:]:
        spec = answer(name, PAGE)
        target = urlsplit(field(spec, "location") or "")
        assert (target.netloc, target.path) == ("", "/.nightlatch/login")
        assert parse_qs(target.query)["return_to"] == ["/a?b=1"]


@pytest.mark.parametrize("name", ["pomerium", "google-iap", "cloudflare-access", "aws-alb", "envoy", "authelia"])
def test_a_script_is_sent_to_another_origin(name: str) -> None:
    """As it is by the peer, whose login is elsewhere: `fetch` then fails, in place of getting a login page with 200."""
    assert (field(answer(name, FETCH), "location") or "").startswith("http://127.0.0.1:8080/.nightlatch/login?")
    by_address = DEV._replace(origin="http://127.0.0.1:8080")
    assert (field(answer(name, FETCH, site=by_address), "location") or "").startswith("http://localhost:8080/")
    assert (field(answer(name, FETCH, site=ELSEWHERE), "location") or "").startswith("https://idp.example/in?")


def test_of_a_login_on_the_same_origin_a_script_gets_the_page() -> None:
    assert (field(answer("spring-security", FETCH), "location") or "").startswith("/.nightlatch/login?")


@pytest.mark.parametrize("name", COLUMNS)
def test_no_script_can_read_it_and_nothing_is_stored(name: str) -> None:
    spec = answer(name, FETCH | {"origin": "http://localhost:8080", "x-requested-with": "XMLHttpRequest"})
    assert field(spec, "access-control-allow-origin") is None
    assert field(spec, "www-authenticate") is None
    assert "no-store" in next(value for header, value in spec.headers if header == "Cache-Control")
    assert (field(spec, "nightlatch-verdict") or "").startswith("expired; clock=idle")


def test_bodies() -> None:
    assert answer("oauth2-proxy", {"accept": "application/json"}).body == b"{}"
    assert answer("oauth2-proxy", PAGE).body.startswith(b"sign_in ")
    assert answer("authelia", {"accept": "application/json"}).body == b"401 Unauthorized"
    assert answer("aws-alb", PAGE).body == b""
    assert answer("google-iap", PAGE, "POST").body == b"Invalid IAP credentials: empty token"
    assert answer("oauth2-proxy", PAGE, "HEAD").body == b""


def test_only_who_was_seen_to_deletes_the_cookie() -> None:
    cookie = {"cookie": "nightlatch-8080=x"}
    for name in COLUMNS:
        deleted = field(answer(name, PAGE | cookie), "set-cookie") is not None
        assert deleted == (name == "mod_auth_openidc")
    assert field(answer("mod_auth_openidc", FETCH | cookie), "set-cookie") is not None


def test_an_application_that_asks_itself_is_asked_again() -> None:
    spec = answer("aws-alb", PAGE | {"cookie": "sid=dead"}, site=OWN_LOGIN)
    assert (field(spec, "location"), (field(spec, "set-cookie") or "")[:5]) == ("/a?b=1", "sid=;")


def test_without_a_login_nobody_goes_round_in_circles() -> None:
    assert field(answer("envoy", PAGE, site=NO_LOGIN), "location") == "/.nightlatch/login"


@pytest.mark.parametrize("verdict", [STEP_UP, DENIED, ERROR])
def test_what_peers_know_nothing_of_stays_as_it_is(verdict: Verdict) -> None:
    as_peer = respond(verdict, request(FETCH), DEV._replace(peer=PEERS["envoy"]), "abc-1", PlainPages())
    assert as_peer == respond(verdict, request(FETCH), DEV, "abc-1", PlainPages())


def test_an_ended_session_is_over_too() -> None:
    spec = respond(REFUSED, request(PAGE), DEV._replace(peer=PEERS["envoy"]), "abc-1", PlainPages())
    assert spec is not None and spec.status == 302


def test_every_peer_has_an_answer_for_everything() -> None:
    for peer in PEERS.values():
        assert peer_answer(peer, request({})).status >= 300
        assert peer.source.startswith(("read: ", "measured: "))


def test_the_document_shows_them() -> None:
    text = (Path(__file__).parents[2] / "docs" / "in-flight.md").read_text(encoding="utf-8")
    assert all(f"| {' | '.join(row)} |" in text for row in table())
