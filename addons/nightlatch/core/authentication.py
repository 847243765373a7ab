"""Who logged in, how and when: what every kind of login hands over, and all that a session is made of.

Values only. A login finds these out; what becomes of them is `nightlatch.proxy.establish`.
"""

from typing import NamedTuple


class ProviderSession(NamedTuple):
    """What an identity provider calls the session in which somebody logged in here. Fingerprints, so that a logout
    which names them finds it, and nothing of the provider's is on disk."""

    subject: bytes
    """Of issuer and `sub`."""
    sid: bytes | None
    """Of issuer and `sid`; None where the provider gives none."""
    authenticated: int
    """When the provider says that the person authenticated, microseconds on the wall clock; where it does not say,
    when the login was over."""


class Authentication(NamedTuple):
    """One login that succeeded."""

    subject: str
    method: str
    """The kind of login: `dev` or `oidc`."""
    at: int
    """When the person authenticated, on nightlatch's clock; `absolute` and `auth` run from it."""
    groups: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()
    acr: str | None = None
    email: str | None = None
    provider: ProviderSession | None = None
