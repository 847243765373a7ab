"""Where issuers publish their keys, with a real server on loopback that is also HTML, empty, or somebody else's."""

import asyncio
from typing import Any

import pytest
from tests.identity.key_server import KeyServer, Page
from tests.identity.minting import jwk, pem, public_key

from nightlatch.identity.key_sets import Keys, KeySet, KeysUnavailable
from nightlatch.identity.remote_keys import jwks_at, jwks_of_issuer, pem_by_name

KID = "1234-abcd"


def found(keys: KeySet, kid: str | None = None) -> Keys:
    async def fetched() -> Keys:
        await keys.fetch(kid)
        return keys.at_hand(kid)

    return asyncio.run(fetched())


def refusal(keys: KeySet, kid: str | None = None) -> str:
    with pytest.raises(KeysUnavailable) as caught:
        found(keys, kid)
    return str(caught.value)


def test_a_jwks(issuer: KeyServer) -> None:
    keys = found(jwks_at(issuer.publish_keys(jwk(kid="a"), jwk("ES256", kid="b", use="sig"), jwk(use="enc"))))
    assert [key.kid for key in keys] == ["a", "b"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<html>Sign in</html>", "not valid JSON"),
        (b"", "not valid JSON"),
        (b"{}", "not a usable JWK"),
        (b'{"keys": []}', "no key"),
        (b'{"keys": null}', "expected a JWK"),
        (b"[]", "expected a JWK"),
        (b'{"keys": [{"kty": "oct", "k": "' + b"A" * 64 + b'"}]}', "anybody can fetch"),
        (b'{"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}', "not a usable JWK"),
    ],
)
def test_what_is_no_key_set(issuer: KeyServer, body: bytes, told: str) -> None:
    issuer.pages["/jwks.json"] = Page(body)
    assert told in refusal(jwks_at(issuer.url + "/jwks.json"))


def test_a_shared_secret_among_public_keys_does_not_count(issuer: KeyServer) -> None:
    secret: dict[str, Any] = {"kty": "oct", "k": "A" * 64, "kid": "s"}
    assert [key.kid for key in found(jwks_at(issuer.publish_keys(jwk(kid="a"), secret)))] == ["a"]


def test_the_set_that_an_issuer_names(issuer: KeyServer) -> None:
    place = issuer.publish_keys(jwk(kid="a"), path="/keys")
    issuer.publish({"issuer": f"{issuer.url}/realm/", "jwks_uri": place}, "/realm/.well-known/openid-configuration")
    assert [key.kid for key in found(jwks_of_issuer(f"{issuer.url}/realm/"))] == ["a"]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"issuer": "https://evil.example", "jwks_uri": "https://evil.example/k"}, "of the issuer 'https://evil.ex"),
        ({}, "of the issuer None"),
        ({"issuer": "", "jwks_uri": "http://idp.example/keys"}, "expected an https URL"),
        ({"issuer": ""}, "names no key set"),
    ],
)
def test_discovery_that_leads_astray(issuer: KeyServer, document: dict[str, str], told: str) -> None:
    if document.get("issuer") == "":
        document = {**document, "issuer": issuer.url}
    issuer.publish(document, "/.well-known/openid-configuration")
    assert told in refusal(jwks_of_issuer(issuer.url))


def test_pems_by_name(issuer: KeyServer) -> None:
    issuer.pages[f"/{KID}"] = Page(pem(public_key("ES256")))
    (key,) = found(pem_by_name(issuer.url + "/{kid}"), KID)
    assert key.kid == KID
    assert key.algorithms == {"ES256"}


@pytest.mark.parametrize("kid", ["../secret", "a/b", "a?b", "", "a%2fb", "a" * 65, "ü"])
def test_a_name_goes_into_a_url_only_where_it_is_one(issuer: KeyServer, kid: str) -> None:
    assert found(pem_by_name(issuer.url + "/{kid}"), kid) == ()
    assert issuer.asked == []


@pytest.mark.parametrize("status", [403, 404])
def test_a_name_that_the_store_does_not_know(issuer: KeyServer, status: int) -> None:
    issuer.pages[f"/{KID}"] = Page(b"", status)
    assert found(pem_by_name(issuer.url + "/{kid}"), KID) == ()


def test_a_store_that_is_broken(issuer: KeyServer) -> None:
    issuer.pages[f"/{KID}"] = Page(b"", 500)
    assert "answers 500" in refusal(pem_by_name(issuer.url + "/{kid}"), KID)


@pytest.mark.parametrize("place", ["ftp://x/y", "jwks.json", "http://idp.example/k"])
def test_places_that_are_refused_at_once(place: str) -> None:
    for keys_at in (jwks_at, jwks_of_issuer, pem_by_name):
        with pytest.raises(ValueError, match="https"):
            keys_at(place)
