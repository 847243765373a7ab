"""What a provider says of itself: read strictly, kept for a while, and not forgotten while it is down."""

import asyncio
from typing import Any

import pytest
from tests.identity.key_server import KeyServer, Page

from nightlatch.core.policy import MINUTE
from nightlatch.identity.provider import Directory, Provider, ProviderUnavailable, read_provider

WELL_KNOWN = "/.well-known/openid-configuration"


def document(issuer: str, **changes: Any) -> dict[str, Any]:
    ends = {f"{name}_endpoint": f"{issuer}/{name}" for name in ("authorization", "token")}
    return {"issuer": issuer, **ends, "jwks_uri": f"{issuer}/jwks", **changes}


class At:
    now = 0

    def __call__(self) -> int:
        return self.now


def test_the_least_that_a_provider_says() -> None:
    assert read_provider(document("https://id.example")) == Provider(
        "https://id.example", "https://id.example/authorization", "https://id.example/token", "https://id.example/jwks"
    )


def test_all_that_matters_is_read() -> None:
    found = read_provider(
        document(
            "https://id.example",
            userinfo_endpoint="https://id.example/me",
            end_session_endpoint="https://id.example/end",
            id_token_signing_alg_values_supported=["ES256", 7],
            token_endpoint_auth_methods_supported=["client_secret_post"],
            acr_values_supported=["gold"],
            claims_parameter_supported=True,
            authorization_response_iss_parameter_supported=True,
        )
    )
    assert found[4:] == (
        *("https://id.example/me", "https://id.example/end", ("ES256",), ("client_secret_post",), ("gold",)),
        *(True, True),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("authorization_endpoint", None),
        ("authorization_endpoint", "http://id.example/auth"),
        ("token_endpoint", "ftp://id.example"),
        ("jwks_uri", 7),
        ("userinfo_endpoint", "javascript:alert(1)"),
        ("end_session_endpoint", "https://user:secret@id.example/"),
    ],
)
def test_a_place_that_nobody_should_be_sent_to(name: str, value: object) -> None:
    with pytest.raises(ProviderUnavailable, match=name):
        read_provider(document("https://id.example", **{name: value}))


def test_it_is_asked_when_needed_and_not_again_too_soon(issuer: KeyServer) -> None:
    async def asking() -> None:
        clock = At()
        directory = Directory(issuer.url, clock)
        assert directory.known is None
        with pytest.raises(ProviderUnavailable):
            await directory.provider()
        issuer.publish(document(issuer.url), WELL_KNOWN)
        first = await directory.provider()
        assert first.issuer == issuer.url and directory.known == first
        asked = len(issuer.asked)
        assert await directory.provider() == first
        assert len(issuer.asked) == asked
        clock.now += 61 * MINUTE
        issuer.publish(document(issuer.url, acr_values_supported=["gold"]), WELL_KNOWN)
        assert (await directory.provider()).acr_values == ("gold",)
        clock.now += 61 * MINUTE
        issuer.pages[WELL_KNOWN] = Page(b"down", 503)
        assert (await directory.provider()).acr_values == ("gold",)

    asyncio.run(asking())


@pytest.mark.parametrize("content", [b"<!doctype html>", b"[]", b"", b'{"issuer": "https://other.example"}'])
def test_what_is_no_description_is_none(issuer: KeyServer, content: bytes) -> None:
    issuer.pages[WELL_KNOWN] = Page(content)
    with pytest.raises(ProviderUnavailable):
        asyncio.run(Directory(issuer.url).provider())
