"""`--identity bearer`: signed tokens of someone else, judged by the guard's clock; what is forged reaches nothing."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import jwt
import pytest
from jwt.utils import base64url_decode, base64url_encode
from tests.e2e.client import Browser
from tests.e2e.processes import Guard
from tests.e2e.upstream import Upstream

from nightlatch.clock import wall_now

Start = Callable[..., Guard]

SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"
KEY = base64url_decode(SECRET)
ISSUER, AUDIENCE = "https://idp.example", "app"


@pytest.fixture
def guard(guards: Start, upstream: Upstream, tmp_path: Path) -> Guard:
    key = tmp_path / "key.json"
    key.write_text(json.dumps({"kty": "oct", "k": SECRET, "alg": "HS256"}))
    trust = (
        "--jwt-issuer",
        ISSUER,
        "--jwt-audience",
        AUDIENCE,
        "--jwt-algorithms",
        "HS256",
        "--jwt-key-file",
        str(key),
    )
    return guards(upstream.url, "--identity", "bearer", *trust)


def claims(**changed: object) -> dict[str, object]:
    """What a good token says, ten minutes of it left."""
    now = wall_now() // 1_000_000
    good: dict[str, object] = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "sid": "s1", "iat": now, "exp": now + 600}
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def signed(token: Mapping[str, object], key: bytes = KEY, algorithm: str = "HS256") -> str:
    return "Bearer " + jwt.encode(dict(token), key, algorithm)


def test_a_good_token_passes_until_it_runs_out(guard: Guard, upstream: Upstream) -> None:
    guard.must("clock", "freeze")
    token, browser = signed(claims()), Browser(guard.url)
    assert browser.fetch("/", Authorization=token).status == 200
    assert upstream.last.values("X-Forwarded-User") == ["ada"]
    guard.must("clock", "advance", "9m")
    assert browser.fetch("/", Authorization=token).status == 200
    guard.must("clock", "advance", "92s")
    with upstream.untouched():
        answer = browser.fetch("/", Authorization=token)
    assert (answer.status, answer.verdict, answer.parameter("clock")) == (401, "expired", "token")
    assert 'error="invalid_token"' in answer.header("WWW-Authenticate")


def test_a_token_minted_after_a_warp_is_not_dead_on_arrival(guard: Guard) -> None:
    guard.must("clock", "advance", "3h")
    assert Browser(guard.url).fetch("/", Authorization=signed(claims())).status == 200


def test_a_refresh_is_the_same_session_and_an_ended_one_stays_ended(guard: Guard, upstream: Upstream) -> None:
    browser = Browser(guard.url)
    assert browser.fetch("/", Authorization=signed(claims())).status == 200
    assert browser.fetch("/", Authorization=signed(claims(jti="another"))).status == 200
    (session,) = json.loads(guard.must("sessions", "list", "--json"))
    guard.must("sessions", "end", session["id"])
    with upstream.untouched():
        assert browser.fetch("/", Authorization=signed(claims(jti="a third"))).verdict == "refused"


def unsigned(token: Mapping[str, object]) -> str:
    """A token whose algorithm is `none`."""
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, token)]
    return b".".join(base64url_encode(part) for part in parts).decode() + "."


FORGED = {
    "another key": lambda: signed(claims(), b"k" * 32),
    "no signature": lambda: "Bearer " + unsigned(claims()),
    "for someone else": lambda: signed(claims(aud="other")),
    "for nobody": lambda: signed(claims(aud=None)),
    "by someone else": lambda: signed(claims(iss="https://evil.example")),
    "without an end": lambda: signed(claims(exp=None)),
    "not yet": lambda: signed(claims(nbf=wall_now() // 1_000_000 + 3600)),
    "no token": lambda: "Bearer garbage",
    "empty": lambda: "Bearer ",
    "bent": lambda: signed(claims())[:-3] + "AAA",
    "two": lambda: signed(claims()) + ", " + signed(claims(sub="root")),
    "an odd end": lambda: signed(claims(exp="tomorrow")),
    "giant": lambda: signed(claims(pad="x" * 20_000), b"k" * 32),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_what_is_forged_reaches_nothing(guard: Guard, upstream: Upstream, forge: Callable[[], str]) -> None:
    with upstream.untouched():
        answer = Browser(guard.url).fetch("/", Authorization=forge())
    assert (answer.status, answer.verdict in ("invalid", "login")) == (401, True)
