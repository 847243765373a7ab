"""An identity provider as it describes itself (OpenID Connect Discovery 1.0): where to go with what.

Fetched when it is needed, kept for a while, and asked for anew when that is over; while the provider is down what was
known of it still serves. Knows no sessions and no logins.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from nightlatch.clock import monotonic_now
from nightlatch.core.policy import MINUTE
from nightlatch.identity.key_fetch import check_url
from nightlatch.identity.key_sets import KeysUnavailable
from nightlatch.identity.remote_keys import discover

_KEPT_FOR = 60 * MINUTE
_AGAIN_AFTER = MINUTE
"""While the provider is down, and something is known of it."""


class Provider(NamedTuple):
    """What a login and a logout need to know of a provider."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    algorithms: tuple[str, ...] = ("RS256",)
    client_authentication: tuple[str, ...] = ("client_secret_basic",)
    acr_values: tuple[str, ...] | None = None
    """The classes that it can give; None where it does not say."""
    claims_parameter: bool = False
    names_issuer: bool = False
    """It says in its answers who it is (RFC 9207)."""


class ProviderUnavailable(Exception):
    """The provider cannot be reached, or does not speak as it should. The message is for the log."""


def read_provider(document: Mapping[str, object]) -> Provider:
    """A discovery document.

    Raises:
        ProviderUnavailable: something is missing in it, or cannot be used.
    """
    return Provider(
        issuer=str(document.get("issuer")),
        authorization_endpoint=_endpoint(document, "authorization_endpoint"),
        token_endpoint=_endpoint(document, "token_endpoint"),
        jwks_uri=_endpoint(document, "jwks_uri"),
        userinfo_endpoint=_optional(document, "userinfo_endpoint"),
        end_session_endpoint=_optional(document, "end_session_endpoint"),
        algorithms=_texts(document, "id_token_signing_alg_values_supported") or ("RS256",),
        client_authentication=_texts(document, "token_endpoint_auth_methods_supported") or ("client_secret_basic",),
        acr_values=_texts(document, "acr_values_supported"),
        claims_parameter=document.get("claims_parameter_supported") is True,
        names_issuer=document.get("authorization_response_iss_parameter_supported") is True,
    )


class Directory:
    """What is known of one provider; used on the event loop."""

    def __init__(self, issuer: str, now: Callable[[], int] = monotonic_now) -> None:
        """`now`: microseconds on a clock that is never set."""
        self.issuer, self._now = issuer, now
        self._known: Provider | None = None
        self._until = 0

    @property
    def known(self) -> Provider | None:
        """What was found out so far, without asking."""
        return self._known

    async def provider(self) -> Provider:
        """The provider.

        Raises:
            ProviderUnavailable: it cannot be asked, and was never known.
        """
        if self._known is not None and self._now() < self._until:
            return self._known
        try:
            self._known = read_provider(await discover(self.issuer))
            self._until = self._now() + _KEPT_FOR
        except (KeysUnavailable, ProviderUnavailable) as problem:
            if self._known is None:
                raise ProviderUnavailable(str(problem)) from None
            self._until = self._now() + _AGAIN_AFTER
        return self._known


def _endpoint(document: Mapping[str, object], name: str) -> str:
    try:
        return check_url(str(document.get(name, "")), name)
    except ValueError as problem:
        raise ProviderUnavailable(f"the discovery document of {document.get('issuer')}: {problem}") from None


def _optional(document: Mapping[str, object], name: str) -> str | None:
    return _endpoint(document, name) if document.get(name) else None


def _texts(document: Mapping[str, object], name: str) -> tuple[str, ...] | None:
    value = document.get(name)
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else None
