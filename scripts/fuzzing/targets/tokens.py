"""Tokens and keys: what others sign, what strangers forge, and the documents in which keys are published."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any

from scripts.fuzzing.target import Target, Targets, holds, split

from nightlatch.core.warp import Segment, Warp
from nightlatch.identity.claims import TokenRefused, token_times
from nightlatch.identity.id_tokens import read_id_token
from nightlatch.identity.key_sets import FixedKeys
from nightlatch.identity.keys import KeyUnusable, VerificationKey, public_keys
from nightlatch.identity.logout_tokens import EVENT, read_logout_token
from nightlatch.identity.provider_tokens import Trust
from nightlatch.identity.tokens import TokenSettings, TokenVerifier

_SECRET = bytes(range(32))
_ISSUER, _AUDIENCE, _IAT = "https://idp.example", "app", 1_800_000_000
_WALL = _IAT * 1_000_000 + 5_000_000
_LEEWAY = 30_000_000
_KEYS = (VerificationKey(_SECRET, frozenset({"HS256"}), "k1"),)
_WARP = Warp((Segment(_WALL - 9_000_000, _WALL + 60_000_000, False),))
_HEADER = b'{"alg":"HS256","typ":"JWT","kid":"k1"}'
_CLAIMS: dict[str, Any] = {
    **{"iss": _ISSUER, "aud": _AUDIENCE, "sub": "alice", "sid": "s1", "iat": _IAT, "exp": _IAT + 600},
    **{"nbf": _IAT, "auth_time": _IAT - 60, "amr": ["pwd"], "acr": "1", "groups": ["admins"], "email": "a@b.example"},
}


def _segment(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _signed(header: bytes, claims: bytes) -> str:
    text = f"{_segment(header)}.{_segment(claims)}"
    return f"{text}.{_segment(hmac.digest(_SECRET, text.encode(), hashlib.sha256))}"


def _seed(header: bytes = _HEADER, **claims: Any) -> bytes:
    return header + b"\n" + json.dumps({**_CLAIMS, **claims}).encode()


@cache
def _minted() -> frozenset[str]:
    """What was ever signed by the key that nobody else has."""
    return frozenset(_signed(*split(seed, 2)).rpartition(".")[0] for seed in _CLAIM_SEEDS)


@cache
def _verifier() -> TokenVerifier:
    return TokenVerifier(TokenSettings(_AUDIENCE, _KEYS, _ISSUER, ("HS256",)))


def forged(content: bytes) -> None:
    """A whole token: accepted only if its header and claims were signed."""
    token = content.decode("latin-1")
    try:
        _verifier().verify(token, _WALL)
    except TokenRefused:
        return
    holds(token.rpartition(".")[0] in _minted(), "a forged token was accepted")


def claims(content: bytes) -> None:
    """`HEADER\\nCLAIMS`, well signed: an issuer can write nonsense too."""
    header, payload = split(content, 2)
    try:
        token = TokenVerifier(TokenSettings(_AUDIENCE, _KEYS, _ISSUER, ("HS256",))).verify(
            _signed(header, payload), _WALL
        )
    except TokenRefused:
        return
    times = token_times(token, _WARP, token.first_seen)
    holds(times.expires_at - times.issued_at <= 253_402_300_800_000_000, "a token without end")
    holds(token.session_key and json.loads(token.session_key)[0] == _ISSUER, "a session of nobody's")


def _finished(work: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine that waits for nothing comes to."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits")


def _read_by(read: Callable[[str, Trust], Coroutine[Any, Any, Any]]) -> Callable[[bytes], None]:
    trust = Trust(_ISSUER, _AUDIENCE, ("HS256",), FixedKeys(_KEYS))

    def run(content: bytes) -> None:
        try:
            token = _finished(read(_signed(*split(content, 2)), trust))
        except TokenRefused:
            return
        subject = token.subject
        holds(subject is None or isinstance(subject, str), "a subject that is no text")
        holds(token.sid or subject, "a token of nobody's")

    return run


def published(content: bytes) -> None:
    """A JWK set or a PEM from somewhere: public keys for signatures, strong enough, or a message that says where."""
    try:
        keys = public_keys(content, "https://idp.example/jwks")
    except KeyUnusable as problem:
        holds(str(problem).startswith("https://idp.example/jwks: "), f"no place: {problem}")
        return
    for key in keys:
        holds(not isinstance(key.key, bytes) and not hasattr(key.key, "sign"), "no public key")
        holds(getattr(key.key, "key_size", 2048) >= 256 and key.algorithms, "a weak key")


_LOGOUT: dict[str, Any] = {"events": {EVENT: {}}, "jti": "j1"}
_CLAIM_SEEDS = (
    _seed(),
    _seed(sid=None, auth_time=1.5e9, aud=["app", "other"], azp="app"),
    _seed(sub=None, exp=4e9, email_verified="false"),
    _seed(b'{"alg":"HS256","crit":["b64"],"b64":false}'),
    _seed(b'{"alg":"none"}'),
    _seed(nonce="n1"),
    _seed(**_LOGOUT),
)
_JWKS = (
    b'{"keys":[{"kty":"EC","crv":"P-256","kid":"1","use":"sig","alg":"ES256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",'
    b'"y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"},{"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}]}'
)
_ED = b'{"kty":"OKP","crv":"Ed25519","kid":"2","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","key_ops":["verify"]}'
_RSA = json.dumps({"keys": [{"kty": "RSA", "e": "AQAB", "n": _segment(b"\xc5" + bytes(range(1, 255)) + b"\x01")}]})
_NAMES = tuple(
    f'"{name}":'.encode() for name in ["alg", "kid", "typ", "crit", "sid", "sub", "iat", "exp", "nbf", "aud", "azp"]
)
_MEMBERS = (
    *_NAMES,
    b"null",
    b"true",
    b"1e400",
    b"-1",
    b"{}",
    b"[]",
    b'["app"]',
    b'"\\ud800"',
    b"NaN",
    b'"none"',
    b'"jwt"',
    b"253402300799",
)
TARGETS: Targets = {
    "forged": Target(
        forged,
        (*(_signed(*split(seed, 2)).encode() for seed in _CLAIM_SEEDS), b"a.b.c"),
        (b".", b"=", b"eyJhbGciOiJub25lIn0", b"-", b"_"),
    ),
    "claims": Target(claims, _CLAIM_SEEDS, _MEMBERS),
    "logout": Target(
        _read_by(lambda token, trust: read_logout_token(token, trust, _WALL, _LEEWAY)),
        (*_CLAIM_SEEDS, _seed(sub=None, **_LOGOUT), _seed(b'{"alg":"HS256","typ":"logout+jwt"}', sid=None, **_LOGOUT)),
        (*_MEMBERS, f'"events":{{"{EVENT}":{{}}}}'.encode(), b'"jti":'),
    ),
    "id": Target(
        _read_by(lambda token, trust: read_id_token(token, trust, "n1", _WALL, _LEEWAY)),
        (*_CLAIM_SEEDS, _seed(nonce="n1", aud=["app"], sid=None), _seed(nonce="n1", aud=["app", "b"], azp="app")),
        (*_MEMBERS, b'"nonce":"n1"'),
    ),
    "keys": Target(
        published,
        (
            _JWKS,
            _ED,
            _RSA.encode(),
            b"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
            b"-----END PUBLIC KEY-----\n",
        ),
        (
            b'"kty":',
            b'"RSA"',
            b'"EC"',
            b'"OKP"',
            b'"oct"',
            b'"crv":',
            b'"P-521"',
            b'"X25519"',
            b'"d":',
            b'"keys":',
            b'"use":"enc"',
            b"-----BEGIN CERTIFICATE-----",
        ),
    ),
}
