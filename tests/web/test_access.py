import pytest

from nightlatch.web.access import Caller, challenge, is_loopback_authority, no_token, wrong_place

GOOD = Caller(["localhost:9090"], [], "", ["Bearer s3cret"])


@pytest.mark.parametrize(
    "authority", ["localhost", "localhost:9090", "127.0.0.1:1", "[::1]:9090", "127.8.9.1", "LOCALHOST:80"]
)
def test_this_machine_goes_by_these_names(authority: str) -> None:
    assert is_loopback_authority(authority)


@pytest.mark.parametrize(
    "authority",
    [
        *("evil.example", "evil.example:9090", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", ""),
        *(
            "127.0.0.1@evil.example",
            "evil.example#localhost",
            "localhost/",
            "localhost:x",
            "0.0.0.0",
            "[::]",
            "[",
            "::1",
        ),
        *("2130706433", "0x7f.1", "localhost:99999", "localhost evil.example"),
    ],
)
def test_a_name_that_was_rebound_to_this_machine_is_not_its_own(authority: str) -> None:
    assert not is_loopback_authority(authority)
    shut = wrong_place(GOOD._replace(hosts=[authority]))
    assert shut is not None and shut.status == 421


@pytest.mark.parametrize("hosts", [[], ["localhost:9090", "localhost:9090"], ["localhost", "evil.example"]])
def test_there_is_exactly_one_host(hosts: list[str]) -> None:
    shut = wrong_place(GOOD._replace(hosts=hosts))
    assert shut is not None and shut.status == 421


@pytest.mark.parametrize(
    "origins",
    [
        *(["null"], ["https://localhost:9090"], ["http://localhost:8080"], ["http://evil.example"], [""]),
        *(["http://localhost:9090", "http://evil.example"], ["http://127.0.0.1:9090"]),
    ],
)
def test_pages_of_other_origins_are_turned_away_with_the_right_token_too(origins: list[str]) -> None:
    shut = wrong_place(GOOD._replace(origins=origins))
    assert shut is not None and shut.status == 403


@pytest.mark.parametrize(("site", "passes"), [("same-origin", True), ("none", True), ("", True)])
def test_the_own_page_and_programs_pass(site: str, passes: bool) -> None:
    assert (wrong_place(GOOD._replace(site=site)) is None) is passes
    assert wrong_place(GOOD._replace(origins=["http://localhost:9090"], site=site)) is None


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_a_foreign_page_embeds_is_turned_away(site: str) -> None:
    """`<img src>` and `<form>` of a page on another port carry no Origin with a GET, but this."""
    shut = wrong_place(GOOD._replace(site=site))
    assert shut is not None and shut.status == 403


@pytest.mark.parametrize("given", ["Bearer s3cret", "bearer s3cret", "BEARER   s3cret "])
def test_the_token_opens(given: str) -> None:
    assert no_token(GOOD._replace(authorization=[given]), "s3cret") is None


@pytest.mark.parametrize(
    "given",
    [
        *([], ["Bearer"], ["Bearer "], ["Bearer s3cre"], ["Bearer s3crets"], ["Basic s3cret"], ["s3cret"], [""]),
        *(["Bearer s3cret", "Bearer s3cret"], ["Bearer \udcff\xe9"]),
    ],
)
def test_nothing_else_does(given: list[str]) -> None:
    caller = GOOD._replace(authorization=given)
    shut = no_token(caller, "s3cret")
    assert shut is not None and shut.status == 401
    assert ("invalid_token" in challenge(caller)) is bool(given)
