"""Keys and tokens for tests: keys are made once per process, as RSA takes a while."""

import base64
import json
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from nightlatch.identity.keys import PublicKey

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
ISSUER, AUDIENCE = "https://idp.example", "app"
IAT = 1_750_000_000
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "alice",
    "sid": "s1",
    "iat": IAT,
    "exp": IAT + 600,
}


@cache
def private_key(kind: str = "RS256", number: int = 0) -> PrivateKey:
    """The key `number` for the algorithm `kind`."""
    if kind == "RS256":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1()) if kind == "ES256" else ed25519.Ed25519PrivateKey.generate()


def public_key(kind: str = "RS256", number: int = 0) -> PublicKey:
    return private_key(kind, number).public_key()


def pem(key: PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def jwk(kind: str = "RS256", number: int = 0, **members: Any) -> dict[str, Any]:
    algorithm = jwt.get_algorithm_by_name(kind)
    return {**json.loads(algorithm.to_jwk(public_key(kind, number))), **members}


def mint(kind: str = "RS256", number: int = 0, headers: dict[str, Any] | None = None, **claims: Any) -> str:
    """A token with `CLAIMS`, changed by `claims`; those that are None are left out."""
    payload = {name: value for name, value in (CLAIMS | claims).items() if value is not None}
    return jwt.encode(payload, private_key(kind, number), kind, headers)


def segment(text: str | bytes) -> str:
    raw = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: str, payload: str, kind: str = "RS256") -> str:
    """A token with a good signature over any two texts, valid JSON or not."""
    signing_input = f"{segment(header)}.{segment(payload)}"
    signature = jwt.get_algorithm_by_name(kind).sign(signing_input.encode(), private_key(kind))
    return f"{signing_input}.{segment(signature)}"
