"""The code flow on the wire, with a provider that checks it: PKCE, client authentication, errors without secrets."""

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.providers.own_provider import CLIENT, SECRET, OwnProvider

from nightlatch.core.demands import Demand
from nightlatch.identity.oidc_client import Client, CodeRefused, authorization_url, exchange, userinfo
from nightlatch.identity.pending_logins import PendingLogin, PendingLogins
from nightlatch.identity.provider import Provider, ProviderUnavailable, read_provider

GUARD = Client(CLIENT, SECRET, "openid email")


@pytest.fixture
def there() -> Iterator[OwnProvider]:
    made = OwnProvider()
    yield made
    made.close()


def login() -> PendingLogin:
    return (
        PendingLogins()
        .begin(site="", redirect_uri="http://g/cb", return_to="/", demand=Demand(), started=0, spent=None)
        .login
    )


def coded(there: OwnProvider, begun: PendingLogin) -> tuple[Provider, str]:
    provider = read_provider(there.discovery())
    back = there.visit(authorization_url(GUARD, provider, begun, {"prompt": "login"}))
    return provider, parse_qs(urlsplit(back).query)["code"][0]


@pytest.mark.parametrize("methods", [None, ["client_secret_post"], ["client_secret_post", "client_secret_basic"]])
def test_a_code_becomes_tokens(there: OwnProvider, methods: Any) -> None:
    there.metadata["token_endpoint_auth_methods_supported"] = methods
    begun = login()
    provider, code = coded(there, begun)
    tokens = asyncio.run(exchange(GUARD, provider, begun, code))
    assert tokens.access_token == "at" and tokens.id_token.count(".") == 2
    assert ("client_secret" in there.exchanged[0]) is (methods == ["client_secret_post"])
    assert there.authorized[0]["prompt"] == "login"


def test_a_code_without_its_verifier_is_worth_nothing(there: OwnProvider) -> None:
    provider, code = coded(there, login())
    with pytest.raises(CodeRefused, match="invalid_grant"):
        asyncio.run(exchange(GUARD, provider, login(), code))


def test_a_wrong_secret_is_not_repeated_in_the_error(there: OwnProvider) -> None:
    begun = login()
    provider, code = coded(there, begun)
    with pytest.raises(CodeRefused) as refused:
        asyncio.run(exchange(GUARD._replace(client_secret="wr0ng-secret"), provider, begun, code))
    assert refused.value.error == "invalid_client"


def test_a_public_client_has_none(there: OwnProvider) -> None:
    begun = login()
    provider, code = coded(there, begun)
    with pytest.raises(CodeRefused):
        asyncio.run(exchange(GUARD._replace(client_secret=""), provider, begun, code))
    assert there.exchanged[0]["client_id"] == CLIENT and "client_secret" not in there.exchanged[0]


@pytest.mark.parametrize("answer", [(200, {}), (200, {"id_token": 7}), (200, []), (200, "x"), (503, {}), (302, {})])
def test_answers_that_are_none(there: OwnProvider, monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    begun = login()
    provider, code = coded(there, begun)
    monkeypatch.setattr(there, "exchange", lambda *_: answer)
    with pytest.raises(ProviderUnavailable):
        asyncio.run(exchange(GUARD, provider, begun, code))


def test_a_provider_that_is_gone(there: OwnProvider) -> None:
    begun = login()
    provider, code = coded(there, begun)
    gone = provider._replace(token_endpoint="http://127.0.0.1:1/token")
    with pytest.raises(ProviderUnavailable, match="ConnectionError") as problem:
        asyncio.run(exchange(GUARD, gone, begun, code))
    assert code not in str(problem.value)


def test_what_is_further_said_of_the_person(there: OwnProvider) -> None:
    there.knows = {"groups": ["a"]}
    provider = read_provider(there.discovery())
    assert asyncio.run(userinfo(provider, "at")) == {"sub": "ada", "groups": ["a"]}
    assert asyncio.run(userinfo(provider._replace(userinfo_endpoint=None), "at")) == {}
    assert asyncio.run(userinfo(provider, "")) == {}
    with pytest.raises(ProviderUnavailable):
        asyncio.run(userinfo(provider, "wrong"))
