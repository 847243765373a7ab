"""Fingerprints, the only form in which a credential is ever kept, and the random names that nightlatch gives out."""

import base64
import secrets
from hashlib import blake2b

_SIZE = 16


def fingerprint(key: bytes, site: str, kind: str, credential: str) -> bytes:
    """16 bytes that stand for `credential` on this ledger and site, and tell nothing of it without `key`.

    Args:
        key: the ledger's key, 16 to 64 random bytes.
        site: origin of the guarded upstream; the same credential elsewhere has another fingerprint.
        kind: what it is a fingerprint of, such as `cookie`, `bearer` or `token`.
        credential: any text; lone surrogates, as headers may give, are taken as they are.
    """
    message = f"{site}\0{kind}\0{credential}".encode("utf-8", "surrogatepass")
    return blake2b(message, digest_size=_SIZE, key=key).digest()


def new_credential() -> str:
    """256 random bits for a cookie's value (OWASP asks for at least 64, NIST SP 800-63B 7.1 too)."""
    return secrets.token_urlsafe(32)


def new_session_id() -> str:
    """A session's name for people, 12 characters with 60 random bits. No credential, and not derived from one."""
    return _readable(12)


def new_decision_prefix() -> str:
    """Eight characters with which a guard starts the ids of its decisions, a counter being the rest."""
    return _readable(8)


def _readable(length: int) -> str:
    """Base32 in lower case, beginning with a letter so that it is a token in structured headers (RFC 9651)."""
    while True:
        name = base64.b32encode(secrets.token_bytes(length)).decode().lower()[:length]
        if name[0].isalpha():
            return name
