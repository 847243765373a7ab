"""Fingerprints of what an identity provider calls people and sessions. Two issuers may use the same names: theirs are
different marks."""

from nightlatch.identity.fingerprint import fingerprint


def subject_mark(key: bytes, issuer: str, subject: str) -> bytes:
    """Of the person that `issuer` calls `subject` (`sub`)."""
    return fingerprint(key, issuer, "provider-subject", subject)


def sid_mark(key: bytes, issuer: str, sid: str) -> bytes:
    """Of the session that `issuer` calls `sid`."""
    return fingerprint(key, issuer, "provider-sid", sid)


def token_mark(key: bytes, issuer: str, jti: str) -> bytes:
    """Of the logout token that `issuer` calls `jti`."""
    return fingerprint(key, issuer, "provider-jti", jti)
