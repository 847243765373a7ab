"""The proxies that vouch for people, each by its name and by its header."""

import pytest

from nightlatch.identity.assertions import PROFILES, Profile, profile_of
from nightlatch.identity.keys import ALGORITHMS


@pytest.mark.parametrize("name", PROFILES)
def test_each_is_known_by_name_and_header_in_any_case(name: str) -> None:
    profile = PROFILES[name]
    for spelling in (name, name.upper(), profile.header, profile.header.title(), f" {name} "):
        assert profile_of(spelling) is profile


@pytest.mark.parametrize("alias", ["iap", "Cloudflare", "alb"])
def test_short_names(alias: str) -> None:
    assert profile_of(alias) in PROFILES.values()


@pytest.mark.parametrize("name", PROFILES)
def test_what_is_published_makes_sense(name: str) -> None:
    profile = PROFILES[name]
    assert profile.header == profile.header.lower()
    assert set(profile.algorithms) <= ALGORITHMS - {"HS256", "HS384", "HS512"}
    assert not profile.jwks or profile.jwks.startswith(("https://", "{issuer}/"))


def test_any_other_header() -> None:
    assert profile_of("X-Identity-Assertion") == Profile("x-identity-assertion", needs_issuer=False)


@pytest.mark.parametrize(
    "name", ["", "user", "x user-y", "x-ü", "x:y-z", "-", "--", "pomerum", "x-goog-iap-jwt-asertion"]
)
def test_what_is_neither(name: str) -> None:
    with pytest.raises(ValueError, match="--identity assertion:"):
        profile_of(name)
