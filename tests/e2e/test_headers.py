"""What a client says of itself is not believed: identity headers, overrides, hop-by-hop tricks and trailers."""

import pytest
from tests.e2e.client import Browser, compose, raw
from tests.e2e.processes import Guard
from tests.e2e.upstream import Reply, Seen, Upstream

IDENTITY = ["X-Forwarded-User", "x-forwarded-user", "X-FORWARDED-USER", "X_Forwarded_User", "X-Forwarded_User"]
ALSO = [
    "X-Forwarded-Groups",
    "X-Forwarded-Email",
    "X-Forwarded-Preferred-Username",
    "Remote-User",
    "X-Remote-User",
    "X-Auth-Request-User",
]


def _folded(request: Seen) -> dict[str, list[str]]:
    """Headers as an application behind CGI sees them: `-` and `_` are one."""
    fields: dict[str, list[str]] = {}
    for name, value in request.headers:
        fields.setdefault(name.lower().replace("_", "-"), []).append(value)
    return fields


@pytest.mark.parametrize("name", IDENTITY)
def test_nobody_names_themselves(visitor: Browser, stranger: Browser, upstream: Upstream, name: str) -> None:
    visitor.navigate("/", **{name: "root"})
    assert _folded(upstream.last)["x-forwarded-user"] == ["ada"]
    stranger.navigate("/favicon.ico", **{name: "root"})
    assert "x-forwarded-user" not in _folded(upstream.last)


@pytest.mark.parametrize("name", ALSO)
def test_no_other_identity_header_passes(visitor: Browser, upstream: Upstream, name: str) -> None:
    visitor.ask("GET", "/", {name: "root-of-all-evil"})
    assert "root-of-all-evil" not in str(upstream.last.headers)


@pytest.mark.parametrize(
    "named", ["X-Forwarded-User", "close, X-Forwarded-User", "keep-alive, x-forwarded-USER", "Cookie"]
)
def test_connection_cannot_take_the_guards_headers_away(visitor: Browser, upstream: Upstream, named: str) -> None:
    visitor.ask("GET", "/", {"Connection": named})
    assert upstream.last.values("X-Forwarded-User") == ["ada"]
    assert "forwarded" not in ",".join(upstream.last.values("Connection")).lower()


@pytest.mark.parametrize(
    "name", ["X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]
)
def test_overrides_are_stripped(visitor: Browser, upstream: Upstream, name: str) -> None:
    visitor.ask("GET", "/", {name: "/admin"})
    assert not upstream.last.has(name)


@pytest.mark.parametrize(
    "name", ["X-Forwarded-User ", "X-Forwarded-User\t", " X-Forwarded-User", "X-Forwarded\x00-User"]
)
def test_a_malformed_field_name_does_not_smuggle(guard: Guard, visitor: Browser, upstream: Upstream, name: str) -> None:
    seen = len(upstream.seen)
    cookie = "; ".join(f"{key}={value}" for key, value in visitor.cookies.items())
    raw(guard.url, compose("GET", "/", [("Host", visitor.host), ("Cookie", cookie), (name, "root")]))
    assert "root" not in str(upstream.seen[seen:])


def test_trailers_do_not_name_a_person(guard: Guard, visitor: Browser, stranger: Browser, upstream: Upstream) -> None:
    seen = len(upstream.seen)
    cookie = "; ".join(f"{key}={value}" for key, value in visitor.cookies.items())
    chunked = [("Transfer-Encoding", "chunked"), ("Trailer", "X-Forwarded-User")]
    body = b"3\r\nabc\r\n0\r\nX-Forwarded-User: root\r\nCookie: root\r\n\r\n"
    head = compose("POST", "/form", [("Host", visitor.host), ("Cookie", cookie), ("Origin", visitor.url), *chunked])
    raw(guard.url, head + body, "POST")
    assert "root" not in str(upstream.seen[seen:])
    with upstream.untouched():
        head = compose("POST", "/form", [("Host", stranger.host), ("Accept", "application/json"), *chunked])
        raw(guard.url, head + body.replace(b"root", cookie.encode()), "POST")


def test_the_application_learns_how_it_was_asked(visitor: Browser, upstream: Upstream) -> None:
    visitor.ask(
        "GET", "/", {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher"}
    )
    folded = _folded(upstream.last)
    assert folded["x-forwarded-for"] == ["127.0.0.1"]
    assert folded["x-forwarded-host"] == [visitor.host]
    assert folded["x-forwarded-proto"] == ["http"]


def test_the_application_cannot_speak_for_the_guard(visitor: Browser, upstream: Upstream) -> None:
    upstream.replies["/"] = Reply(headers=(("Nightlatch-Verdict", "allow"), ("Nightlatch-Session", "idle=9999999")))
    answer = visitor.navigate("/")
    assert answer.values("Nightlatch-Verdict") == []
    assert answer.values("Nightlatch-Session") != ["idle=9999999"]
    assert "9999999" not in str(answer.headers)
