"""What a logout takes along."""

import pytest

from nightlatch.proxy.settings_logout import LogoutSettings, UpstreamRequest, read_logout
from nightlatch.proxy.settings_values import SettingsInvalid

NONE = {"no_store": "off", "clear_site_data": "", "upstream_logout": ""}


def test_what_is_said() -> None:
    assert read_logout(NONE) == LogoutSettings()
    full = {"no_store": "on", "clear_site_data": "cache,storage *", "upstream_logout": "POST /logout?x=1"}
    assert read_logout(full) == LogoutSettings(True, '"cache", "storage", "*"', UpstreamRequest("POST", "/logout?x=1"))
    assert read_logout({**NONE, "upstream_logout": "/bye"}).upstream == UpstreamRequest("GET", "/bye")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"no_store": "yes"}, "no_store `yes`"),
        ({"clear_site_data": "cookie"}, "did you mean `cookies`"),
        ({"upstream_logout": "logout"}, "needs a path"),
        ({"upstream_logout": "//evil.example"}, "needs a path"),
        ({"upstream_logout": "http://evil.example/"}, "needs a path"),
        ({"upstream_logout": "a b /c"}, "needs a path"),
        ({"upstream_logout": "DELETE /x"}, "choose one of GET, POST"),
    ],
)
def test_what_cannot_be(changes: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsInvalid, match=told):
        read_logout({**NONE, **changes})
