"""Key files: what is understood, for which algorithms it counts, and how each mistake is explained."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa
from tests.identity.minting import jwk, pem, private_key, public_key, segment

from nightlatch.identity.keys import KeyUnusable, load_jwks, load_key_file, public_keys

OCT = {"kty": "oct", "k": segment("s" * 32)}


def written(tmp_path: Path, content: bytes | str | dict[str, Any]) -> Path:
    path = tmp_path / "key"
    text = json.dumps(content) if isinstance(content, dict) else content
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(("kind", "algorithm"), [("RS256", "PS512"), ("ES256", "ES256"), ("EdDSA", "EdDSA")])
def test_a_pem_file(kind: str, algorithm: str, tmp_path: Path) -> None:
    (key,) = load_key_file(written(tmp_path, pem(public_key(kind))), ())
    assert algorithm in key.algorithms
    assert not {"HS256", "none"} & key.algorithms


@pytest.mark.parametrize(
    ("curve", "algorithm"), [(ec.SECP384R1(), "ES384"), (ec.SECP521R1(), "ES512"), (ec.SECP256K1(), "ES256K")]
)
def test_a_curve_has_one_algorithm(curve: ec.EllipticCurve, algorithm: str, tmp_path: Path) -> None:
    (key,) = load_key_file(written(tmp_path, pem(ec.generate_private_key(curve).public_key())), ())
    assert key.algorithms == {algorithm}


def test_ed448_is_understood(tmp_path: Path) -> None:
    (key,) = load_key_file(written(tmp_path, pem(ed448.Ed448PrivateKey.generate().public_key())), ())
    assert key.algorithms == {"EdDSA"}


def test_a_jwk_is_for_the_algorithm_that_it_names(tmp_path: Path) -> None:
    (key,) = load_key_file(written(tmp_path, jwk(alg="RS512", kid="k1")), ())
    assert key.algorithms == {"RS512"}
    assert key.kid == "k1"


def test_a_secret_counts_only_where_it_is_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, "s" * 48 + "\n")
    (key,) = load_key_file(path, ("HS256",))
    assert key.key == b"s" * 48
    assert key.algorithms == {"HS256", "HS384"}
    with pytest.raises(KeyUnusable, match="--jwt-algorithms HS256"):
        load_key_file(path, ("RS256",))


def test_a_symmetric_jwk(tmp_path: Path) -> None:
    (key,) = load_key_file(written(tmp_path, OCT), ())
    assert key.key == b"s" * 32
    assert key.algorithms == {"HS256"}


def test_a_pem_is_never_a_secret(tmp_path: Path) -> None:
    (key,) = load_key_file(written(tmp_path, pem(public_key())), ("HS256",))
    assert "HS256" not in key.algorithms


def test_a_key_set_leaves_out_what_is_for_something_else(tmp_path: Path) -> None:
    document = {
        "keys": [
            jwk(kid="good"),
            jwk(kid="enc", use="enc"),
            jwk(kid="sign", key_ops=["sign"]),
            jwk("ES256", kid="also", key_ops=["verify"]),
            {"kty": "future", "kid": "x"},
            {"kty": "RSA", "n": 5, "e": "AQAB"},
            jwk(kid="odd", alg=["RS256"]),
            jwk(kid="oaep", alg="RSA-OAEP"),
            "junk",
            None,
        ]
    }
    keys = load_jwks(written(tmp_path, document))
    assert [key.kid for key in keys] == ["good", "also"]


def private_pem() -> bytes:
    return private_key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def weak_rsa() -> bytes:
    return pem(rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key())


def dsa_key() -> bytes:
    key = dsa.generate_private_key(1024).public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def brainpool() -> bytes:
    return pem(ec.generate_private_key(ec.BrainpoolP256R1()).public_key())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (private_pem, "private key"),
        (weak_rsa, "1024 bits"),
        (dsa_key, "kind of key"),
        (brainpool, "kind of key"),
        (lambda: b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "not a readable PEM"),
        (lambda: b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "not a readable PEM"),
        (lambda: b"", "neither a PEM"),
        (lambda: b"\x00\xff junk", "neither a PEM"),
        (lambda: b"{junk", "not valid JSON"),
        (lambda: b"[1]", "expected a JWK"),
        (lambda: b'{"keys": 5}', "expected a JWK"),
        (lambda: b'{"keys": []}', "no key in it"),
        (lambda: b"{}", "not a usable JWK"),
        (lambda: json.dumps(jwk(d="AQAB")).encode(), "private key"),
        (lambda: json.dumps(jwk(use="enc")).encode(), "no key in it"),
        (lambda: json.dumps(jwk(alg="HS256")).encode(), "not a usable JWK"),
        (lambda: json.dumps({"kty": "oct", "k": segment("short")}).encode(), "at least 32"),
    ],
)
def test_a_key_that_is_of_no_use_is_explained(content: Any, told: str, tmp_path: Path) -> None:
    path = written(tmp_path, content())
    with pytest.raises(KeyUnusable, match=told) as caught:
        load_key_file(path, ("RS256",))
    assert str(path) in str(caught.value)


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="5 bytes; HS256 needs at least 32"):
        load_key_file(written(tmp_path, "short\n"), ("HS256",))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="No such file"):
        load_key_file(tmp_path / "missing.pem", ())
    with pytest.raises(KeyUnusable, match="cannot be read"):
        load_jwks(tmp_path)


@pytest.mark.parametrize(
    "bad",
    [
        {"kty": "oct"},
        {"kty": "RSA", "e": "AQAB"},
        {"kty": "EC", "crv": "P-256", "x": 5, "y": []},
        {"kty": "OKP", "crv": "Ed25519", "x": None},
    ],
)
def test_one_key_that_is_nonsense_costs_no_other(bad: dict[str, Any]) -> None:
    document = json.dumps({"keys": [bad, jwk("ES256", kid="good")]}).encode()
    assert [key.kid for key in public_keys(document, "https://idp.example")] == ["good"]
    with pytest.raises(KeyUnusable, match="not a usable JWK"):
        public_keys(json.dumps(bad).encode(), "https://idp.example")


def test_a_pem_of_a_kind_that_nobody_knows_is_told() -> None:
    content = b"-----BEGIN PUBLIC KEY-----\nMCowBQYDK7VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    with pytest.raises(KeyUnusable, match="not a readable PEM public key"):
        public_keys(content + b"-----END PUBLIC KEY-----\n", "https://idp.example")
