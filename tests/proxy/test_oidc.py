"""What a guard remembers of its provider, and for how long."""

import pytest
from tests.identity.minting import AUDIENCE

from nightlatch.identity.provider import Provider
from nightlatch.proxy import oidc
from nightlatch.proxy.oidc import OidcLogin
from nightlatch.proxy.settings_login import OidcSettings

ID = "https://id.example"
PROVIDER = Provider(ID, f"{ID}/auth", f"{ID}/token", f"{ID}/jwks")


def test_the_keys_are_those_that_the_provider_names_now() -> None:
    login = OidcLogin(OidcSettings("https://id.example", AUDIENCE))
    provider = PROVIDER._replace(algorithms=("none", "HS256", "ES256"))
    trust = login.trust(provider)
    assert (trust.issuer, trust.audience, trust.algorithms) == ("https://id.example", AUDIENCE, ("ES256",))
    assert login.trust(provider) is trust
    assert login.trust(provider._replace(jwks_uri="https://id.example/new")) is not trust


def test_id_tokens_are_kept_for_the_logout_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc, "_MOST_TOKENS", 2)
    login = OidcLogin(OidcSettings("https://id.example", AUDIENCE))
    for number in range(3):
        login.keep(f"s{number}", f"token {number}")
    assert [login.forget(f"s{number}") for number in range(3)] == [None, "token 1", "token 2"]
    assert login.forget("s2") is None
