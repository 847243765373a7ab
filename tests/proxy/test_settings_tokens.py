"""Options about tokens: what fills the gaps, and how each mistake is explained."""

import json
import logging
from pathlib import Path

import pytest
from tests.identity.minting import jwk, pem, public_key

from nightlatch.identity.extract import parse_source
from nightlatch.identity.key_sets import FixedKeys, RemoteKeys
from nightlatch.identity.named_keys import NamedKeys
from nightlatch.identity.tokens import TokenVerifier
from nightlatch.proxy.options import OPTIONS
from nightlatch.proxy.settings_tokens import read_tokens

ARN = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/mine/50dc6c495c0c9188"
URL = "https://idp.example/keys"


def read(identity: str, **options: str) -> TokenVerifier:
    values = {option.name: option.default for option in OPTIONS} | {"jwt_audience": "app"} | options
    verifier = read_tokens(values, parse_source(identity))
    assert verifier is not None
    return verifier


def where(verifier: TokenVerifier) -> str:
    assert isinstance(verifier.keys, RemoteKeys | NamedKeys)
    return verifier.keys.where


@pytest.mark.parametrize(
    ("identity", "options", "place", "issuer", "claim"),
    [
        ("google-iap", {}, "https://www.gstatic.com/iap/verify/public_key-jwk", "https://cloud.google.com/iap", "sub"),
        (
            "cloudflare-access",
            {"jwt_issuer": "https://acme.cloudflareaccess.com"},
            "https://acme.cloudflareaccess.com/cdn-cgi/access/certs",
            "https://acme.cloudflareaccess.com",
            "sid",
        ),
        ("pomerium", {}, "https://app/.well-known/pomerium/jwks.json", "app", "sid"),
        (
            "aws-alb",
            {"jwt_signer": ARN, "jwt_issuer": "https://idp.example"},
            "https://public-keys.auth.elb.eu-central-1.amazonaws.com/{kid}",
            "https://idp.example",
            "sub",
        ),
        (
            "oauth2-proxy",
            {"jwt_issuer": "https://idp.example/realms/a"},
            "the key set of https://idp.example/realms/a",
            "https://idp.example/realms/a",
            "sid",
        ),
    ],
)
def test_each_source_knows_its_issuer_and_keys(
    identity: str, options: dict[str, str], place: str, issuer: str, claim: str
) -> None:
    verifier = read(f"assertion:{identity}", **options)
    assert where(verifier) == place
    assert (verifier.settings.issuer, verifier.settings.session_claim) == (issuer, claim)


def test_what_is_given_comes_first(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(pem(public_key("ES256")))
    verifier = read("assertion:google-iap", jwt_issuer="me", jwt_key_file=str(key), session_claim="x")
    assert isinstance(verifier.keys, FixedKeys)
    assert (verifier.settings.issuer, verifier.settings.session_claim) == ("me", "x")
    assert where(read("assertion:pomerium", jwks=URL)) == URL


def test_keys_from_a_url_an_issuer_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps({"keys": [jwk(kid="a")]}))
    assert isinstance(read("bearer", jwks=str(file)).keys, FixedKeys)
    assert where(read("bearer", jwks=URL, jwt_issuer="https://idp.example")) == URL
    assert where(read("jwt-cookie:token", jwt_issuer="https://idp.example")) == "the key set of https://idp.example"


def test_signature_algorithms_are_the_sources_unless_given() -> None:
    assert read("assertion:google-iap").settings.algorithms == ("ES256",)
    assert read("assertion:google-iap", jwt_algorithms="RS256").settings.algorithms == ("RS256",)
    assert read("bearer", jwt_issuer=URL).settings.algorithms == ("RS256", "ES256", "EdDSA")


def test_any_issuer_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        read("bearer", jwks=URL)
    assert "every issuer" in caplog.text


def test_other_identities_have_no_verifier() -> None:
    values = {option.name: option.default for option in OPTIONS}
    assert read_tokens(values, parse_source("cookie:sid")) is None


@pytest.mark.parametrize(
    ("identity", "options", "told"),
    [
        ("bearer", {"jwt_audience": ""}, "--jwt-audience NAME .what `aud`"),
        ("assertion:aws-alb", {"jwt_audience": ""}, "the client id"),
        ("bearer", {}, "needs keys: --jwks URL or FILE"),
        ("bearer", {"jwt_issuer": "my-issuer"}, "needs keys"),
        ("bearer", {"jwks": "http://idp.example/keys"}, "--jwks http://idp.example/keys: expected an https URL"),
        ("bearer", {"jwks": URL, "jwt_key_file": "x"}, "not both"),
        ("bearer", {"jwks": "nowhere.json"}, "cannot be read"),
        ("bearer", {"jwks": URL, "jwt_algorithms": "none"}, "anybody"),
        ("bearer", {"jwt_signer": ARN}, "only AWS load balancers"),
        ("assertion:cloudflare", {}, "--jwt-issuer URL"),
        ("assertion:oauth2-proxy", {}, "--jwt-issuer URL"),
        ("assertion:aws-alb", {"jwt_issuer": "https://idp.example"}, "--jwt-signer ARN"),
        ("assertion:aws-alb", {"jwt_issuer": "https://i", "jwt_signer": "my-balancer"}, "expected arn:aws"),
        ("assertion:aws-alb", {"jwt_issuer": "https://i", "jwt_signer": ARN.replace("eu-", "evil/")}, "expected arn"),
    ],
)
def test_mistakes_name_the_option(identity: str, options: dict[str, str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read(identity, **options)
