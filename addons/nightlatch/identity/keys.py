"""Keys with which tokens are verified: from a PEM file, a JWK, a key set or a shared secret in a file.

Each key knows the algorithms it is for, and is used for no other (RFC 8725 sections 3.1 and 3.2). This module reads
files, and bytes that `remote_keys` has fetched: no network, no key that a token brings along.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import jwt
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | ed448.Ed448PublicKey

_RSA = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512", "secp256k1": "ES256K"}
_HMAC_BYTES = {"HS256": 32, "HS384": 48, "HS512": 64}
SYMMETRIC = frozenset(_HMAC_BYTES)
ALGORITHMS = _RSA | SYMMETRIC | {*_CURVES.values(), "EdDSA"}
"""Every algorithm that nightlatch can be told to accept. `none` is not one."""


_MALFORMED = (ValueError, TypeError, AttributeError, LookupError, OverflowError, UnsupportedAlgorithm)
"""What PyJWT and cryptography raise besides their own errors over a key whose members are missing or nonsense."""


class KeyUnusable(ValueError):
    """A key file cannot be used. The message names the file and the remedy."""


class VerificationKey(NamedTuple):
    """A key, the algorithms it may be used with, and the name (`kid`) by which tokens select it."""

    key: PublicKey | bytes
    algorithms: frozenset[str]
    kid: str | None = None


def load_key_file(path: Path, algorithms: Iterable[str]) -> tuple[VerificationKey, ...]:
    """The keys in `path`: a PEM public key or certificate, a JWK, a JWK set; or, where `algorithms` lists HS256 and
    its like, a file that holds the shared secret and nothing else.

    Raises:
        KeyUnusable: unreadable, private, too weak, or of no known form.
    """
    content = _content(path)
    if content.lstrip()[:1] in (b"{", b"["):
        return _from_json(content, path)
    if b"-----BEGIN" in content:
        return (_from_pem(content, path),)
    if SYMMETRIC & set(algorithms):
        return (_secret(content.rstrip(b"\r\n"), None, path),)
    raise KeyUnusable(f"{path}: neither a PEM public key nor a JWK; a shared secret needs --jwt-algorithms HS256")


def load_jwks(path: Path) -> tuple[VerificationKey, ...]:
    """The keys of the JWK set in the file `path`. Keys for encryption or of unknown kinds are left out.

    Raises:
        KeyUnusable: unreadable, no set, or nothing usable in it.
    """
    return _from_json(_content(path), path)


def public_keys(content: bytes, where: str) -> tuple[VerificationKey, ...]:
    """The keys in a JWK set, or the key in a PEM, that was published at `where`. A secret that anybody can fetch
    verifies nothing, so shared secrets are left out.

    Raises:
        KeyUnusable: it is neither, or nothing usable is in it.
    """
    if b"-----BEGIN" in content:
        return (_from_pem(content, where),)
    keys = tuple(key for key in _from_json(content, where) if not isinstance(key.key, bytes))
    if not keys:
        raise KeyUnusable(f"{where}: only shared secrets, and anybody can fetch them")
    return keys


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise KeyUnusable(f"{path}: cannot be read ({problem.strerror}); check the path and its permissions") from None


def _from_pem(content: bytes, path: Path | str) -> VerificationKey:
    if b"PRIVATE KEY-----" in content:
        raise KeyUnusable(f"{path}: a private key; give the public one: openssl pkey -in {path} -pubout")
    try:
        certificate = b"BEGIN CERTIFICATE" in content
        key = x509.load_pem_x509_certificate(content).public_key() if certificate else load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        raise KeyUnusable(f"{path}: not a readable PEM public key; see openssl pkey -pubin -in {path}") from None
    return _public(key, None, path)


def _public(key: object, kid: str | None, path: Path | str) -> VerificationKey:
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < 2048:
            raise KeyUnusable(f"{path}: an RSA key of {key.key_size} bits; at least 2048 are needed (RFC 7518)")
        return VerificationKey(key, _RSA, kid)
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        return VerificationKey(key, frozenset({_CURVES[key.curve.name]}), kid)
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        return VerificationKey(key, frozenset({"EdDSA"}), kid)
    raise KeyUnusable(f"{path}: this kind of key verifies no tokens; use RSA, an elliptic curve or Ed25519")


def _secret(secret: bytes, kid: str | None, path: Path | str) -> VerificationKey:
    fits = frozenset(name for name, size in _HMAC_BYTES.items() if len(secret) >= size)
    if not fits:
        raise KeyUnusable(f"{path}: a secret of {len(secret)} bytes; HS256 needs at least 32 (RFC 7518 section 3.2)")
    return VerificationKey(secret, fits, kid)


def _from_json(content: bytes, path: Path | str) -> tuple[VerificationKey, ...]:
    try:
        document: Any = json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise KeyUnusable(f"{path}: not valid JSON ({problem}); expected a JWK or a JWK set") from None
    entries = document.get("keys", [document]) if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise KeyUnusable(f'{path}: expected a JWK, or a JWK set: {{"keys": [...]}}')
    alone = len(entries) == 1
    keys = [key for entry in entries if (key := _from_jwk(entry, path, alone)) is not None]
    if not keys:
        raise KeyUnusable(f"{path}: no key in it verifies signatures; see `use`, `key_ops` and `kty` of its entries")
    return tuple(keys)


def _from_jwk(entry: Any, path: Path | str, alone: bool) -> VerificationKey | None:
    """One entry; None when it is for something else. `alone`: then its faults are told, not passed over."""
    if not isinstance(entry, dict) or not _for_signatures(entry):
        return None
    if entry.get("kty") != "oct" and "d" in entry:
        raise KeyUnusable(f"{path}: holds a private key (member `d`); give the public part only")
    kid = entry["kid"] if isinstance(entry.get("kid"), str) else None
    try:
        key = jwt.PyJWK(entry).key
        known = _secret(key, kid, path) if isinstance(key, bytes) else _public(key, kid, path)
    except (jwt.PyJWTError, KeyUnusable, *_MALFORMED) as problem:
        if alone:
            raise problem if isinstance(problem, KeyUnusable) else KeyUnusable(f"{path}: not a usable JWK") from None
        return None
    return _narrowed(known, entry.get("alg"))


def _for_signatures(entry: dict[str, Any]) -> bool:
    operations = entry.get("key_ops", ["verify"])
    return entry.get("use", "sig") == "sig" and isinstance(operations, list) and "verify" in operations


def _narrowed(key: VerificationKey, algorithm: object) -> VerificationKey | None:
    """`key` for the one algorithm that its entry names; None when it is not fit for that."""
    if algorithm is None:
        return key
    fits = isinstance(algorithm, str) and algorithm in key.algorithms
    return key._replace(algorithms=frozenset({str(algorithm)})) if fits else None
