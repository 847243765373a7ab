"""Vouching for people towards the application: a short-lived ES256 token that any JWT library can verify.

The key is made once for a ledger and kept in it; its public half is published as a JWKS. Times are wall time, as
others read them (law of time 7). Signing takes longer than judging a request, so a token serves for a while.
"""

import base64
import hashlib
import json
from typing import Any, NamedTuple

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

LIFETIME = 120
"""Seconds."""
_SERVES = 60_000_000
"""Microseconds for which a token is used again; at least half of its life is left then."""
_REMEMBERED = 4096


def new_signing_key() -> bytes:
    """A private key for ES256 (P-256), PKCS 8, DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.DER, form, plain)


class Person(NamedTuple):
    """Who is vouched for, as the application is told. `authenticated_at` is microseconds on the wall clock."""

    session: str
    subject: str
    email: str | None
    groups: tuple[str, ...]
    amr: tuple[str, ...]
    acr: str | None
    authenticated_at: int


class Voucher:
    """Signs for one ledger."""

    def __init__(self, signing_key: bytes) -> None:
        """`signing_key`: as `new_signing_key` makes it.

        Raises:
            ValueError: it is something else.
        """
        key = serialization.load_der_private_key(signing_key, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise ValueError("the key that signs assertions is none for ES256")
        self._key = key
        self._jwk = _public_jwk(key)
        self._recent: dict[tuple[str, str, str], tuple[int, Person, bytes]] = {}

    def jwks(self) -> dict[str, Any]:
        """The public key, as a JWK set."""
        return {"keys": [self._jwk]}

    def vouch(self, person: Person, issuer: str, audience: str, wall: int) -> bytes:
        """A token that says who `person` is.

        Args:
            issuer: the guard's origin, below which its keys are.
            audience: the application's origin.
            wall: the wall clock, microseconds.
        """
        place = person.session, issuer, audience
        recent = self._recent.get(place)
        if recent is not None and 0 <= wall - recent[0] < _SERVES and _same(recent[1], person):
            return recent[2]
        if len(self._recent) >= _REMEMBERED:
            del self._recent[next(iter(self._recent))]
        token = self._signed(person, issuer, audience, wall // 1_000_000)
        self._recent[place] = wall, person, token
        return token

    def _signed(self, person: Person, issuer: str, audience: str, now: int) -> bytes:
        claims = {
            "iss": issuer,
            "aud": audience,
            "sub": person.subject,
            "sid": person.session,
            "iat": now,
            "exp": now + LIFETIME,
            "auth_time": person.authenticated_at // 1_000_000,
            "email": person.email,
            "groups": list(person.groups) or None,
            "amr": list(person.amr) or None,
            "acr": person.acr,
        }
        told = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(told, self._key, "ES256", {"kid": self._jwk["kid"]}).encode()


def _same(one: Person, other: Person) -> bool:
    """Whether the one's token says the same; the login's time, reckoned anew each time, may differ by a little."""
    return one[:-1] == other[:-1] and abs(one.authenticated_at - other.authenticated_at) < 1_000_000


def _public_jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    """With its thumbprint (RFC 7638) as its name."""
    members: dict[str, Any] = json.loads(jwt.get_algorithm_by_name("ES256").to_jwk(key.public_key()))
    named = {name: members[name] for name in ("crv", "kty", "x", "y")}
    digest = hashlib.sha256(json.dumps(named, separators=(",", ":"), sort_keys=True).encode()).digest()
    kid = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return {**named, "kid": kid, "use": "sig", "alg": "ES256"}
