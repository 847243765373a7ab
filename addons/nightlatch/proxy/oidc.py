"""The login at an identity provider, as far as it is remembered: who the provider is, what was begun, and which ID
token a session came from. One a guard; everything in it is gone with the process."""

from collections import OrderedDict

from nightlatch.identity.oidc_client import Client
from nightlatch.identity.pending_logins import PendingLogins
from nightlatch.identity.provider import Directory, Provider
from nightlatch.identity.provider_tokens import Trust, asymmetric
from nightlatch.identity.remote_keys import jwks_at
from nightlatch.proxy.settings_login import OidcSettings

_MOST_TOKENS = 10_000


class OidcLogin:
    """What one guard knows of its provider."""

    def __init__(self, settings: OidcSettings) -> None:
        self.settings = settings
        self.client = Client(settings.client_id, settings.client_secret, settings.scope)
        self.directory = Directory(settings.issuer)
        self.pending = PendingLogins()
        self._trust: Trust | None = None
        self._jwks_uri = ""
        self._id_tokens: OrderedDict[str, str] = OrderedDict()

    def trust(self, provider: Provider) -> Trust:
        """By which keys the provider's word is known."""
        if self._trust is None or self._jwks_uri != provider.jwks_uri:
            algorithms = asymmetric(provider.algorithms)
            keys = jwks_at(provider.jwks_uri)
            self._trust = Trust(provider.issuer, self.client.client_id, algorithms, keys)
            self._jwks_uri = provider.jwks_uri
        return self._trust

    def keep(self, session_id: str, id_token: str) -> None:
        """Remember the ID token by which a session began, for a logout at the provider."""
        self._id_tokens[session_id] = id_token
        if len(self._id_tokens) > _MOST_TOKENS:
            self._id_tokens.popitem(last=False)

    def forget(self, session_id: str) -> str | None:
        """The ID token of a session that is over, and no longer."""
        return self._id_tokens.pop(session_id, None)
