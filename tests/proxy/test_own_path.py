"""Everything below `/.nightlatch/` is nightlatch's own, however it is spelt."""

import pytest

from nightlatch.proxy import own_path as module
from nightlatch.proxy.own_path import own_page


@pytest.mark.parametrize(("path", "page"), [("/.nightlatch/login", "login"), ("/.nightlatch/jwks.json", "jwks.json")])
def test_a_plain_path_names_its_page(path: str, page: str) -> None:
    assert own_page(path) == page


@pytest.mark.parametrize(
    "path",
    [
        "/.nightlatch",
        "/.nightlatch/",
        "/.Nightlatch/login",
        "/%2enightlatch/login",
        "/%252enightlatch/login",
        "//.nightlatch/login",
        "/a/../.nightlatch/login",
        "/.nightlatch/../.nightlatch/x/../login",
        "/.nightlatch/login/",
        "/.nightlatch;x/login",
        "/\\.nightlatch\\login",
    ],
)
def test_a_disguised_one_is_ours_but_no_page(path: str) -> None:
    assert own_page(path) == ""


@pytest.mark.parametrize("path", ["/", "/nightlatch", "/x.nightlatch/login", "/.nightlatchx", "/a/.nightlatch/login"])
def test_others_are_the_applications(path: str) -> None:
    assert own_page(path) is None


def test_long_paths_do_not_stay_in_memory() -> None:
    module._remembered.cache_clear()
    for length in (10, 5000):
        assert own_page("/" + length * "b") is None
        assert own_page("/%2enightlatch/" + length * "b") == ""
    assert module._remembered.cache_info().currsize == 2
