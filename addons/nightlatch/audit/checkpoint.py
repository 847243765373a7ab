"""A checkpoint: the id and hash of an event, signed or not, kept elsewhere. Whoever rewrites the chain as a whole, or
cuts off its end, cannot rewrite that.

A signed one is a compact JWS (RFC 7515) made with one's own Ed25519, EC or RSA key. Knows no ledger.
"""

import json
from typing import Any, NamedTuple

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

SCHEMA = "nightlatch.checkpoint/1"
TYPE = "nightlatch-checkpoint+jwt"
_ALGORITHMS = ("EdDSA", "ES256", "RS256")


class CheckpointInvalid(ValueError):
    """A checkpoint or a key that cannot be used; the message says why (exit code 4)."""


class Checkpoint(NamedTuple):
    """What the chain was: the event `id` had the hash `hash`; `at` is microseconds on nightlatch's clock."""

    id: int
    hash: str
    at: int


def write_checkpoint(checkpoint: Checkpoint, private_key: bytes | None = None) -> str:
    """`checkpoint` as text: a JSON document, or with a key (PEM) a compact JWS.

    Raises:
        CheckpointInvalid: the key cannot be used.
    """
    document = {"schema": SCHEMA, **checkpoint._asdict()}
    if private_key is None:
        return json.dumps(document)
    try:
        key = load_pem_private_key(private_key, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise CheckpointInvalid("no private key in PEM form without a password") from None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return jwt.encode(document, key, "EdDSA", {"typ": TYPE})
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp256r1":
        return jwt.encode(document, key, "ES256", {"typ": TYPE})
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        return jwt.encode(document, key, "RS256", {"typ": TYPE})
    raise CheckpointInvalid("a key of a kind that is not used here: make one with `openssl genpkey -algorithm ed25519`")


def read_checkpoint(text: str, public_key: bytes | None = None) -> Checkpoint:
    """The checkpoint that `text` holds. A signed one is believed only with the key that verifies it, and with a key
    only a signed one is.

    Raises:
        CheckpointInvalid: neither form, or the signature is missing or wrong.
    """
    text = text.strip()
    if public_key is None and not text.startswith("{"):
        raise CheckpointInvalid("it is signed: give the public key that verifies it with --public-key")
    try:
        document = _verified(text, public_key) if public_key is not None else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CheckpointInvalid(f"no checkpoint: {error}") from None
    return _checkpoint(document)


def _verified(text: str, public_key: bytes) -> dict[str, Any]:
    """The payload of a JWS whose signature holds.

    Raises:
        ValueError: it does not, or the key is none.
    """
    try:
        key = load_pem_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm):
        raise CheckpointInvalid("the public key is not in PEM form") from None
    if not isinstance(key, ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise CheckpointInvalid("the public key is of a kind that is not used here")
    try:
        signed = jwt.decode_complete(text, key, list(_ALGORITHMS), {"verify_aud": False, "verify_iat": False})
    except (jwt.PyJWTError, TypeError):
        raise ValueError("its signature does not hold, or it has none") from None
    if signed["header"].get("typ") != TYPE:
        raise ValueError("it is signed as something else")
    payload: dict[str, Any] = signed["payload"]
    return payload


def _checkpoint(document: object) -> Checkpoint:
    match document:
        case {"schema": schema, "id": int(id_), "hash": str(hash_), "at": int(at)} if schema == SCHEMA:
            return Checkpoint(id_, hash_, at)
    raise CheckpointInvalid(f"no checkpoint: it is not of the form {SCHEMA}")
