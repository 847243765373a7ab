"""Who a request says it is, after its credential was read and (for tokens) verified.

Values only: reading cookies and verifying signatures is the identity package's work. A credential itself never
appears here, only its fingerprint.
"""

from typing import NamedTuple


class TokenTimes(NamedTuple):
    """A verified token's own times on nightlatch's clock (already mapped through the warp), microseconds."""

    issued_at: int
    expires_at: int
    not_before: int | None = None
    authenticated_at: int | None = None


class Identity(NamedTuple):
    """A readable credential. For tokens the fingerprint is that of the session key (issuer + `sid`, else issuer +
    `sub` + `auth_time`), so a new token of the same session finds the same session (law of trust 10)."""

    source: str
    """`nightlatch`, `cookie`, `jwt-cookie`, `bearer` or `assertion`."""
    fingerprint: bytes
    subject: str | None = None
    groups: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()
    acr: str | None = None
    token: TokenTimes | None = None
    token_id: bytes = b""
    """Fingerprint of this very token, to tell a refresh from a repeat."""
    email: str | None = None
    personal: bool = False
    """Its session is the person's, not one login's (see `nightlatch.proxy.personal`)."""
    again: bool = False
    """The person had such a session before, which has ended."""
    adoptable: bool = False
    """An unknown value may be taken over as a session at first sight (law of trust 4)."""


class Anonymous(NamedTuple):
    """No credential at all. `welcome`: the application logs its own people in, so it may see such requests."""

    welcome: bool = False


UNVERIFIABLE = "keys"
"""The reason of a credential of which nobody can say whether it is good: the keys cannot be had."""


class Unreadable(NamedTuple):
    """A credential that cannot be judged: forged, malformed, or two different ones for one name."""

    reason: str
    """A short code, such as `duplicate`, `signature`, `audience`, `malformed`, `not_yet_valid`."""


Presented = Identity | Anonymous | Unreadable
