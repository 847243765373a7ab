"""Only genuine tokens get through: the known attacks on JWT (RFC 8725, OWASP WSTG-SESS-10), each refused."""

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.identity.minting import AUDIENCE, CLAIMS, IAT, ISSUER, jwk, mint, pem, public_key, segment, signed

from nightlatch.identity import tokens
from nightlatch.identity.claims import TokenRefused
from nightlatch.identity.keys import KeyUnusable, VerificationKey
from nightlatch.identity.tokens import TokenSettings, TokenVerifier, check_algorithms

RSA = VerificationKey(public_key(), frozenset({"RS256", "RS384", "PS256"}))
SECRET = VerificationKey(b"s" * 32, frozenset({"HS256"}))
BASE = TokenSettings(AUDIENCE, (RSA,), ISSUER)
WALL = (IAT + 5) * 1_000_000


def verifier(**changes: Any) -> TokenVerifier:
    return TokenVerifier(BASE._replace(**changes))


def refusal(token: str, **changes: Any) -> str:
    with pytest.raises(TokenRefused) as caught:
        verifier(**changes).verify(token, WALL)
    return caught.value.reason


def named(kind: str, number: int = 0, kid: str | None = None) -> VerificationKey:
    return VerificationKey(public_key(kind, number), frozenset({kind}), kid)


@pytest.mark.parametrize("kind", ["RS256", "ES256", "EdDSA"])
def test_a_genuine_token(kind: str) -> None:
    token = verifier(keys=(named(kind),)).verify(mint(kind), WALL)
    assert (token.issuer, token.subject, token.expires_at) == (ISSUER, "alice", (IAT + 600) * 1_000_000)
    assert token.first_seen == WALL


def test_times_are_none_of_its_business() -> None:
    assert verifier().verify(mint(exp=5, iat=1, nbf=2), WALL).expires_at == 5_000_000
    assert verifier().verify(mint(nbf=IAT * 2, iat=IAT * 2, exp=IAT * 2 + 1), WALL)


@pytest.mark.parametrize("typ", ["JWT", "jwt", "at+jwt", "application/at+jwt", "application/JWT"])
def test_types_that_are_access_tokens(typ: str) -> None:
    assert verifier().verify(mint(headers={"typ": typ}), WALL)


@pytest.mark.parametrize("typ", ["logout+jwt", "dpop+jwt", "secevent+jwt", "JOSE", ["JWT"], 5])
def test_types_that_are_not(typ: object) -> None:
    assert refusal(signed(json.dumps({"alg": "RS256", "typ": typ}), json.dumps(CLAIMS))) == "type"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", None, 5, ["RS256"]])
@pytest.mark.parametrize("signature", ["", "AA"])
def test_unsigned_tokens(alg: object, signature: str) -> None:
    token = f"{segment(json.dumps({'alg': alg}))}.{segment(json.dumps(CLAIMS))}.{signature}"
    assert refusal(token) in ("algorithm", "malformed")


@pytest.mark.parametrize("allowed", [("RS256",), ("RS256", "HS256")])
def test_the_public_key_as_a_shared_secret(allowed: tuple[str, ...]) -> None:
    """CVE-2015-9235: HS256 with the PEM of the RSA public key."""
    signing_input = f"{segment(json.dumps({'alg': 'HS256'}))}.{segment(json.dumps(CLAIMS))}"
    signature = hmac.new(pem(public_key()), signing_input.encode(), hashlib.sha256).digest()
    assert refusal(f"{signing_input}.{segment(signature)}", algorithms=allowed) in ("algorithm", "unknown_key")


def test_an_algorithm_that_the_key_is_not_for() -> None:
    token = mint("RS256")
    keys = (named("ES256", kid="a"), VerificationKey(public_key(), frozenset({"PS256"})))
    assert refusal(token, keys=keys, algorithms=("RS256", "ES256", "PS256")) == "unknown_key"


def test_an_algorithm_that_is_not_configured() -> None:
    assert refusal(mint("RS256"), algorithms=("PS256",)) == "algorithm"


def test_a_shared_secret_works_where_it_is_asked_for() -> None:
    token = jwt.encode(CLAIMS, b"s" * 32, "HS256")
    assert verifier(keys=(SECRET,), algorithms=("HS256",)).verify(token, WALL).subject == "alice"
    assert refusal(token) == "algorithm"
    with pytest.raises(KeyUnusable, match="add --jwt-algorithms HS256"):
        verifier(keys=(SECRET,))


def test_another_key() -> None:
    assert refusal(mint(number=1)) == "signature"


def test_a_changed_claim() -> None:
    header, payload, signature = mint().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "==")) | {"sub": "mallory"}
    assert refusal(f"{header}.{segment(json.dumps(claims))}.{signature}") == "signature"


def test_audience_and_issuer() -> None:
    assert refusal(mint(aud="other")) == "audience"
    assert refusal(mint(aud=None)) == "audience"
    assert refusal(mint(aud=[])) == "audience"
    assert refusal(mint(iss="https://evil.example")) == "issuer"
    assert refusal(mint(iss=None)) == "issuer"
    assert verifier().verify(mint(aud=["x", AUDIENCE]), WALL)
    assert verifier(issuer=None).verify(mint(iss="https://any.example"), WALL).issuer == "https://any.example"


def test_an_expiry_is_required() -> None:
    assert refusal(mint(exp=None)) == "no_expiry"


def test_the_session_claim_can_be_named() -> None:
    one, other = (verifier(session_claim="sess").verify(mint(sess=name), WALL) for name in "ab")
    assert one.session_key != other.session_key


def test_kid_selects() -> None:
    keys = (named("RS256", 1, "old"), named("RS256", 0, "new"))
    assert verifier(keys=keys).verify(mint(headers={"kid": "new"}), WALL)
    assert verifier(keys=keys).verify(mint(), WALL)
    assert refusal(mint(headers={"kid": "old"}), keys=keys) == "signature"
    assert verifier().verify(mint(headers={"kid": "whatever"}), WALL), "a PEM file has no names"


@pytest.mark.parametrize("kid", ["../../dev/null", "/dev/null", "x' OR '1'='1", "", "http://evil.example/k", "\0"])
def test_kid_is_only_compared(kid: str) -> None:
    keys = (named("RS256", 0, "new"),)
    assert refusal(mint(headers={"kid": kid}), keys=keys) == "unknown_key"


@pytest.mark.parametrize("kid", [5, ["new"], {"a": 1}, True])
def test_kid_of_an_odd_kind(kid: object) -> None:
    token = signed(json.dumps({"alg": "RS256", "kid": kid}), json.dumps(CLAIMS))
    assert refusal(token, keys=(named("RS256", 0, "new"),)) == "unknown_key"


@pytest.mark.parametrize("header", ["jwk", "jku", "x5u", "x5c"])
def test_keys_that_a_token_brings_along_are_ignored(header: str) -> None:
    own: object = jwk(number=1) if header == "jwk" else "https://evil.example/keys"
    assert refusal(mint(number=1, headers={header: own})) == "signature"


@pytest.mark.parametrize("crit", [["b64"], ["exp"], [], "b64"])
def test_critical_extensions_are_refused(crit: object) -> None:
    token = signed(json.dumps({"alg": "RS256", "crit": crit, "b64": True}), json.dumps(CLAIMS))
    assert refusal(token) == "critical_extension"


@pytest.mark.parametrize("member", ["sub", "exp", "aud"])
def test_duplicate_members_are_refused(member: str) -> None:
    twice = json.dumps(CLAIMS)[:-1] + f', "{member}": {json.dumps(CLAIMS[member])}}}'
    assert refusal(signed('{"alg": "RS256"}', twice)) == "malformed"
    assert refusal(signed('{"alg": "none", "alg": "RS256"}', json.dumps(CLAIMS))) == "malformed"


@pytest.mark.parametrize("payload", ["", "{}x", "[]", "null", '"text"', '{"exp": NaN}', "\xff"])
def test_payloads_that_are_no_claims(payload: str) -> None:
    assert refusal(signed('{"alg": "RS256"}', payload)) == "malformed"


@pytest.mark.parametrize("cut", [1, 5, 50, 100, 200, 300])
def test_truncated_tokens(cut: int) -> None:
    assert refusal(mint()[:-cut]) in ("malformed", "signature")


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b", "a.b.c", "a.b.c.d.e", "ü.ü.ü", "\ud800.a.b", " ", "eyJ.eyJ.eyJ", "null", "a." * 5000],
)
def test_garbage(token: str) -> None:
    assert refusal(token) == "malformed"


def test_decorated_tokens() -> None:
    """Base64 decoders pass over foreign characters: one token must not come in many spellings."""
    for decorated in (mint() + "=", mint() + "\n", mint().replace(".", "!.", 1), " " + mint()):
        assert refusal(decorated) == "malformed"


def test_giant_tokens_are_refused_unread() -> None:
    assert refusal(mint(filler="x" * 20_000)) == "too_large"


@given(st.data())
@settings(max_examples=60)
def test_no_changed_byte_is_accepted(data: st.DataObject) -> None:
    genuine = mint(kind="EdDSA")
    place = data.draw(st.integers(0, len(genuine) - 2))
    other = data.draw(st.sampled_from("AZaz09-_.=+/ é"))
    changed = genuine[:place] + other + genuine[place + 1 :]
    if changed != genuine:
        assert refusal(changed, keys=(named("EdDSA"),))


@given(st.text())
def test_any_text_is_refused(text: str) -> None:
    assert refusal(text)


def test_a_token_is_checked_once_until_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    checks: list[str] = []
    monkeypatch.setattr(jwt, "decode", lambda token, **_: checks.append(token))
    guard = verifier()
    token = mint()
    first = guard.verify(token, WALL)
    assert guard.verify(token, WALL + 9) is first, "first_seen stays"
    assert len(checks) == 1
    guard.forget()
    assert guard.verify(token, WALL + 9).first_seen == WALL + 9
    assert len(checks) == 2


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    checks: list[str] = []
    monkeypatch.setattr(jwt, "decode", lambda token, **_: checks.append(token))
    monkeypatch.setattr(tokens, "_REMEMBERED", 2)
    guard = verifier()
    one, two, three = (signed('{"alg": "RS256"}', json.dumps(CLAIMS | {"jti": name})) for name in "abc")
    for token in (one, two, three, three, two, one):
        guard.verify(token, WALL)
    assert checks == [one, two, three, one]


def test_forgeries_are_not_remembered() -> None:
    guard = verifier()
    for _ in range(2):
        with pytest.raises(TokenRefused, match="signature"):
            guard.verify(mint(number=1), WALL)


def test_an_audience_is_mandatory() -> None:
    with pytest.raises(ValueError, match="--jwt-audience"):
        verifier(audience="")


def test_keys_that_fit_no_algorithm_are_told_with_the_remedy() -> None:
    with pytest.raises(KeyUnusable, match=r"PS256.*add --jwt-algorithms RS256"):
        verifier(algorithms=("ES256",))
    with pytest.raises(KeyUnusable, match="give a key"):
        verifier(keys=())


@pytest.mark.parametrize(
    ("algorithms", "told"),
    [(("none",), "anybody"), (("RS265",), "did you mean"), (("rs256",), "RS256"), ((), "empty")],
)
def test_odd_algorithms_are_refused(algorithms: tuple[str, ...], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        check_algorithms(algorithms)
