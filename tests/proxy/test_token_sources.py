"""Tokens of other proxies, their issuers' keys fetched from a server on loopback that stands in for the provider's.

Each source of `docs/identity.md`, with the claims that its provider documents; then everything that can be wrong with a
token, and with a key set. No sockets but the key server's.
"""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from mitmproxy.http import HTTPFlow
from tests.identity.key_server import KeyServer, Page
from tests.identity.minting import jwk, pem, private_key, public_key
from tests.proxy.bench import NAVIGATION, SCRIPT, START, Bench, a_flow, response, the
from tests.proxy.conftest import Benches

from nightlatch.core.events import EventType, occurrences
from nightlatch.core.policy import SECOND
from nightlatch.core.verdict import Kind
from nightlatch.identity import key_fetch

ARN = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/mine/50dc6c495c0c9188"
KID = "key-1"
NOW = START // SECOND
ONE = "https://one.example"
Given = tuple[dict[str, str], str, str]
"""Options, the header, a good token."""


@pytest.fixture
def issuer() -> Iterator[KeyServer]:
    server = KeyServer()
    server.publish_keys(jwk("ES256", kid=KID), jwk(kid="rsa"))
    yield server
    server.close()


def minted(kind: str = "ES256", number: int = 0, header: dict[str, Any] | None = None, **claims: Any) -> str:
    facts = {"aud": "app", "sub": "ada", "iat": NOW, "exp": NOW + 300, **claims}
    told = {name: value for name, value in facts.items() if value is not None}
    kid = KID if kind == "ES256" else "rsa"
    return jwt.encode(told, private_key(kind, number), kind, {"kid": kid, **(header or {})})


def part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode()


def padded(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """As AWS does it: with padding, over which it signs."""
    signing_input = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    signature = jwt.get_algorithm_by_name("ES256").sign(signing_input.encode(), private_key("ES256", 0))
    return f"{signing_input}.{part(signature)}"


def google(issuer: KeyServer) -> Given:
    facts: dict[str, Any] = {
        "iss": "https://cloud.google.com/iap",
        "sub": "accounts.google.com:1",
        "email": "ada@b.example",
    }
    token = minted(azp="/projects/1/global/backendServices/2", **facts)
    return {"identity": "google-iap", "jwks": issuer.url + "/jwks.json"}, "X-Goog-IAP-JWT-Assertion", token


def cloudflare(issuer: KeyServer) -> Given:
    issuer.pages["/cdn-cgi/access/certs"] = issuer.pages["/jwks.json"]
    token = minted("RS256", aud=["app", "x"], iss=issuer.url, type="app", identity_nonce="6ei69kawdKzMIAPF")
    return {"identity": "cloudflare-access", "jwt_issuer": issuer.url}, "Cf-Access-Jwt-Assertion", token


def pomerium(issuer: KeyServer) -> Given:
    token = minted(iss="app", sid="session-1", email="ada@b.example", groups=["admins"], jti="1")
    return {"identity": "pomerium", "jwks": issuer.url + "/jwks.json"}, "X-Pomerium-Jwt-Assertion", token


def aws(issuer: KeyServer, **header: Any) -> Given:
    issuer.pages[f"/{KID}"] = Page(pem(public_key("ES256")))
    idp = "https://idp.example"
    facts = {"typ": "JWT", "kid": KID, "alg": "ES256", "iss": idp, "client": "app", "signer": ARN, "exp": NOW + 120}
    token = padded(facts | header, {"sub": "ada", "email": "ada@b.example", "exp": NOW + 120, "iss": idp})
    options = {"identity": "aws-alb", "jwt_issuer": idp, "jwt_signer": ARN, "jwks": issuer.url + "/{kid}"}
    return options, "X-Amzn-Oidc-Data", token


def oauth2_proxy(issuer: KeyServer) -> Given:
    discovery = {"issuer": issuer.url, "jwks_uri": issuer.url + "/jwks.json"}
    issuer.publish(discovery, "/.well-known/openid-configuration")
    token = minted("RS256", iss=issuer.url, sid="s", auth_time=NOW, header={"typ": "at+jwt"})
    return {"identity": "oauth2-proxy", "jwt_issuer": issuer.url}, "X-Forwarded-Access-Token", token


def other(issuer: KeyServer) -> Given:
    options = {"identity": "X-My-Word", "jwt_issuer": ONE, "jwks": issuer.url + "/jwks.json"}
    return options, "X-My-Word", minted(iss=ONE, sid="s")


SOURCES = [google, cloudflare, pomerium, aws, oauth2_proxy, other]
Source = Callable[[KeyServer], Given]


def guarding(benches: Benches, options: dict[str, str]) -> Bench:
    return benches(jwt_audience="app", **{**options, "identity": f"assertion:{options['identity']}"})


def values(flow: HTTPFlow) -> list[str]:
    return [value.decode() for _, value in flow.request.headers.fields]


@pytest.mark.parametrize("source", SOURCES)
def test_each_proxy_is_believed(benches: Benches, issuer: KeyServer, source: Source) -> None:
    options, header, token = source(issuer)
    bench = guarding(benches, options)
    for _ in range(2):
        flow = bench.visit(headers={header: token})
        assert the(flow).verdict.kind is Kind.ALLOW
        assert flow.request.headers.get_all(header) == [token], "the application may want to look for itself"
        assert flow.request.headers["X-Forwarded-User"] in ("ada", "accounts.google.com:1")
    assert bench.trail() == ["session.created"]
    assert len(bench.guard.reader.sessions()) == 1


@pytest.mark.parametrize("source", SOURCES)
def test_in_its_own_header_only_and_nothing_else_goes_on(benches: Benches, issuer: KeyServer, source: Source) -> None:
    options, header, token = source(issuer)
    bench = guarding(benches, options)
    other_spelling = header.replace("-", "_")
    for headers in ({other_spelling: token}, {"Authorization": f"Bearer {token}"}, {"Cookie": f"token={token}"}):
        assert bench.kind(headers=headers) is Kind.LOGIN
    forged = token.rpartition(".")[0] + "." + "A" * 86
    for value in (forged, "garbage", token[:-1]):
        assert bench.kind(headers={header: value}) is Kind.INVALID
        flow = bench.ask("/favicon.ico", headers={header: value, other_spelling: token})
        assert the(flow).verdict.kind is Kind.PUBLIC
        assert value not in values(flow) and token not in values(flow)
    flow = bench.ask("/favicon.ico", headers={header: token, other_spelling: forged})
    assert flow.request.headers.get_all(header) == [] or values(flow).count(token) == 1
    assert forged not in values(flow)


@pytest.mark.parametrize("source", SOURCES)
def test_once_its_session_has_ended_it_goes_nowhere(benches: Benches, issuer: KeyServer, source: Source) -> None:
    options, header, token = source(issuer)
    bench = guarding(benches, options)
    bench.visit(headers={header: token})
    bench.revoke(bench.session())
    assert bench.kind(headers={header: token}) is Kind.REFUSED
    assert token not in values(bench.ask("/favicon.ico", headers={header: token}))


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"signer": ARN.replace("mine", "theirs")}, "signer"),
        ({"signer": None}, "signer"),
        ({"client": "x"}, "audience"),
    ],
)
def test_another_load_balancer_is_not_believed(
    benches: Benches, issuer: KeyServer, header: dict[str, Any], reason: str
) -> None:
    options, name, _ = aws(issuer)
    _, _, token = aws(issuer, **header)
    verdict = the(guarding(benches, options).visit(headers={name: token})).verdict
    assert (verdict.kind, verdict.reason) == (Kind.INVALID, reason)


def test_a_load_balancers_key_is_fetched_by_its_name(benches: Benches, issuer: KeyServer) -> None:
    options, name, token = aws(issuer)
    bench = guarding(benches, options)
    assert bench.kind(headers={name: token}) is Kind.ALLOW
    _, _, other_key = aws(issuer, kid="../jwks.json")
    assert bench.kind(headers={name: other_key}) is Kind.INVALID
    assert issuer.asked == [f"/{KID}"]


@pytest.fixture
def bearer(benches: Benches, issuer: KeyServer) -> Bench:
    """Tokens of `ONE`."""
    jwks = issuer.url + "/jwks.json"
    return benches(identity="bearer", jwt_audience="app", jwt_issuer=ONE, jwks=jwks, public="/open")


def authorized(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


BAD: dict[str, Callable[[], str]] = {
    "signature": lambda: minted(number=1, iss=ONE),
    "audience": lambda: minted(aud="other", iss=ONE),
    "issuer": lambda: minted(iss="https://two.example"),
    "unknown_key": lambda: minted(header={"kid": "nobody's"}, iss=ONE),
    "not_yet_valid": lambda: minted(iat=NOW + 3600, exp=NOW + 7200, iss=ONE),
    "malformed": lambda: minted(iss=ONE)[:60],
    "no_expiry": lambda: minted(exp=None, iss=ONE),
    "algorithm": lambda: jwt.encode({"sub": "ada"}, "s" * 64, "HS256"),
    "type": lambda: minted(header={"typ": "logout+jwt"}, iss=ONE),
    "too_large": lambda: "x" * 100_000,
    "no_subject": lambda: minted(sub=None, iss=ONE),
    "critical_extension": lambda: minted(header={"crit": ["b64"]}, iss=ONE),
}


@pytest.mark.parametrize("reason", BAD)
def test_a_bad_token_gets_a_clear_refusal_and_an_event(bearer: Bench, reason: str) -> None:
    for _ in range(2):
        flow = bearer.visit(headers=authorized(BAD[reason]()) | SCRIPT)
        assert (the(flow).verdict.kind, the(flow).verdict.reason) == (Kind.INVALID, reason)
        assert response(flow).status_code == 401
        assert 'error="invalid_token"' in response(flow).headers["WWW-Authenticate"]
    detail = json.loads(response(flow).text or "")["detail"]
    assert detail != "The credential cannot be read.", "every reason has its sentence"
    assert bearer.trail() == ["login.failed"] * 2
    for chained in bearer.guard.reader.events(types=[EventType.LOGIN_FAILED]):
        assert chained.event.detail == {"reason": reason, "source": "bearer"}


def test_a_storm_of_bad_tokens_is_found_and_does_not_fill_the_trail(bearer: Bench) -> None:
    for _ in range(500):
        bearer.visit(headers=authorized("forged") | SCRIPT)
    bearer.run(bearer.service.detection.look())
    bearer.written()
    (alert,) = bearer.guard.reader.events(types=[EventType.ALERT_RAISED])
    assert alert.event.detail["detector"] == "login_storm"
    failures = [chained.event for chained in bearer.guard.reader.events(types=[EventType.LOGIN_FAILED])]
    assert len(failures) < 20 and sum(map(occurrences, failures)) == 320
    bearer.later(1)
    bearer.run(bearer.service.sweep())
    bearer.written()
    failures = [chained.event for chained in bearer.guard.reader.events(types=[EventType.LOGIN_FAILED])]
    assert sum(map(occurrences, failures)) == 500


def test_what_nobody_can_judge_is_503_until_it_can_be(bearer: Bench, issuer: KeyServer) -> None:
    keys = issuer.pages.pop("/jwks.json")
    flow = bearer.visit(headers=authorized(minted(iss=ONE)))
    assert (the(flow).verdict.kind, response(flow).status_code) == (Kind.ERROR, 503)
    text = response(flow).text or ""
    assert "keys" in text and issuer.url not in text
    assert bearer.trail() == ["login.failed"]
    page = bearer.ask("/open", headers=authorized(minted(iss=ONE)))
    assert the(page).verdict.kind is Kind.PUBLIC
    assert "Authorization" not in page.request.headers
    assert bearer.kind() is Kind.LOGIN, "who brings no token is asked for one"
    issuer.pages["/jwks.json"] = keys
    assert bearer.guard.settings.verifier is not None
    bearer.run(bearer.guard.settings.verifier.keys.fetch())
    assert bearer.kind(headers=authorized(minted(iss=ONE))) is Kind.ALLOW


@pytest.mark.parametrize("body", [b"<!doctype html><title>Sign in</title>", b"", b'{"keys": []}', b"[" * 100_000])
def test_what_is_no_key_set_lets_nobody_in(bearer: Bench, issuer: KeyServer, body: bytes) -> None:
    issuer.pages["/jwks.json"] = Page(body)
    for accept in ({}, NAVIGATION):
        flow = bearer.visit(headers={**authorized(minted(iss=ONE)), **accept})
        assert response(flow).status_code == 503
    assert issuer.asked == ["/jwks.json"], "not asked again at once"


def test_an_issuer_that_is_slow_or_gone_lets_nobody_in(
    bearer: Bench, issuer: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_fetch, "PATIENCE", 0.3)
    issuer.go.clear()
    assert bearer.kind(headers=authorized(minted(iss=ONE))) is Kind.ERROR
    issuer.close()
    assert bearer.kind(headers=authorized(minted(iss=ONE))) is Kind.ERROR


def test_a_key_that_is_gone_is_good_no_more(bearer: Bench, issuer: KeyServer) -> None:
    token = minted(iss=ONE)
    assert bearer.kind(headers=authorized(token)) is Kind.ALLOW
    issuer.publish_keys(jwk(kid="rsa"))
    assert bearer.guard.settings.verifier is not None
    bearer.run(bearer.guard.settings.verifier.keys.fetch())
    assert bearer.kind(headers=authorized(token)) is Kind.INVALID, "remembered or not"


def test_made_up_names_do_not_make_us_ask_again(bearer: Bench, issuer: KeyServer) -> None:
    assert bearer.kind(headers=authorized(minted(iss=ONE))) is Kind.ALLOW
    for number in range(5):
        assert bearer.kind(headers=authorized(minted(header={"kid": f"k{number}"}, iss=ONE))) is Kind.INVALID
    assert issuer.asked == ["/jwks.json"]


def test_two_tokens_contradict_each_other(bearer: Bench) -> None:
    flow = bearer.ask("/", headers=authorized(minted(iss=ONE)))
    assert the(flow).verdict.kind is Kind.ALLOW
    flow = a_double(minted(iss=ONE), minted(iss=ONE, sub="bob"))
    assert the(bearer.enter(flow)).verdict.reason == "duplicate"


def a_double(*tokens: str) -> HTTPFlow:
    flow = a_flow()
    flow.request.headers.set_all("Authorization", [f"Bearer {token}" for token in tokens])
    return flow


def test_the_same_sid_of_two_issuers_is_two_sessions(benches: Benches, issuer: KeyServer) -> None:
    bench = benches(identity="bearer", jwt_audience="app", jwks=issuer.url + "/jwks.json")
    one, two = (authorized(minted(iss=f"https://{name}.example", sid="same")) for name in ("one", "two"))
    bench.visit(headers=one)
    bench.revoke(bench.session())
    assert bench.kind(headers=two) is Kind.ALLOW
    assert bench.kind(headers=one) is Kind.REFUSED


def test_a_token_in_a_cookie(benches: Benches, issuer: KeyServer) -> None:
    jwks = issuer.url + "/jwks.json"
    options = {"identity": "jwt-cookie:access", "login": "redirect:/login", "jwt_audience": "app", "jwt_issuer": ONE}
    bench = benches(jwks=jwks, **options)
    assert response(bench.visit(headers=NAVIGATION)).status_code == 302
    cookie = f"other=1; access={minted(iss=ONE, sid='s')}"
    flow = bench.visit(cookie=cookie)
    assert the(flow).verdict.kind is Kind.ALLOW
    assert flow.request.headers["Cookie"] == cookie
    assert bench.kind(cookie=f"{cookie}; access={minted(iss=ONE, sub='bob')}") is Kind.INVALID
    bench.later(6)
    flow = bench.visit(cookie=cookie, headers=NAVIGATION)
    assert (the(flow).verdict.kind, str(the(flow).verdict.clock)) == (Kind.EXPIRED, "token")
    assert [line.partition("=")[0] for line in response(flow).headers.get_all("set-cookie")] == ["access"]
    assert bench.ask("/favicon.ico", cookie=cookie).request.headers["Cookie"] == "other=1"
