import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from nightlatch.audit.checkpoint import TYPE, Checkpoint, CheckpointInvalid, read_checkpoint, write_checkpoint

CHECKPOINT = Checkpoint(7, "ab" * 32, 1_700_000_000_000_000)
Private = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
KEYS: dict[str, Private] = {
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
    "p256": ec.generate_private_key(ec.SECP256R1()),
    "rsa": rsa.generate_private_key(65537, 2048),
}


def private(key: Private) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public(key: Private) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_an_unsigned_one_comes_back() -> None:
    text = write_checkpoint(CHECKPOINT)
    assert json.loads(text)["schema"] == "nightlatch.checkpoint/1" and read_checkpoint(text) == CHECKPOINT


@pytest.mark.parametrize("kind", KEYS)
def test_a_signed_one_comes_back_with_its_key_and_no_other(kind: str) -> None:
    key = KEYS[kind]
    text = write_checkpoint(CHECKPOINT, private(key))
    assert read_checkpoint(text, public(key)) == CHECKPOINT
    for other in (each for name, each in KEYS.items() if name != kind):
        with pytest.raises(CheckpointInvalid, match="does not hold"):
            read_checkpoint(text, public(other))


def test_a_key_is_asked_for_a_signed_one_and_a_signature_with_a_key() -> None:
    key = KEYS["ed25519"]
    with pytest.raises(CheckpointInvalid, match="--public-key"):
        read_checkpoint(write_checkpoint(CHECKPOINT, private(key)))
    with pytest.raises(CheckpointInvalid, match="does not hold, or it has none"):
        read_checkpoint(write_checkpoint(CHECKPOINT), public(key))


def test_a_changed_signed_one_does_not_hold() -> None:
    key = KEYS["ed25519"]
    header, _, signature = write_checkpoint(CHECKPOINT, private(key)).split(".")
    _, payload, _ = write_checkpoint(CHECKPOINT._replace(id=8), private(key)).split(".")
    with pytest.raises(CheckpointInvalid, match="does not hold"):
        read_checkpoint(f"{header}.{payload}.{signature}", public(key))


def test_what_the_key_signed_as_something_else_is_no_checkpoint() -> None:
    key = KEYS["ed25519"]
    token = jwt.encode({"schema": "nightlatch.checkpoint/1", **CHECKPOINT._asdict()}, key, "EdDSA", {"typ": "JWT"})
    with pytest.raises(CheckpointInvalid, match="something else"):
        read_checkpoint(token, public(key))
    unsigned = jwt.encode(CHECKPOINT._asdict(), "", "none", {"typ": TYPE})
    with pytest.raises(CheckpointInvalid):
        read_checkpoint(unsigned, public(key))


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]", '{"schema": "nightlatch.checkpoint/1", "id": "7"}', "[" * 9999])
def test_what_is_no_checkpoint_is_told(text: str) -> None:
    with pytest.raises(CheckpointInvalid):
        read_checkpoint(text if text.startswith("{") else "{" + text)


def test_keys_that_cannot_be_used_are_told() -> None:
    weak = rsa.generate_private_key(65537, 1024)
    other = ec.generate_private_key(ec.SECP384R1())
    for key in (b"", b"-----BEGIN PRIVATE KEY-----", private(weak), private(other)):
        with pytest.raises(CheckpointInvalid):
            write_checkpoint(CHECKPOINT, key)
    with pytest.raises(CheckpointInvalid, match="PEM"):
        read_checkpoint("a.b.c", b"")
