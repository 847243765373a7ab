import pytest
from tests.importers.imported import imported, limits, noted, settings

DAY = 86400


def test_with_a_refresh_the_expiry_slides() -> None:
    policy, draft = imported(settings("oauth2-proxy.cfg"))
    assert limits(settings("oauth2-proxy.cfg")) == (7 * DAY, None) and policy.session.rolling == 3600 * 1_000_000
    assert noted(draft, "every refresh starts it anew")


def test_without_one_it_counts_from_the_login() -> None:
    assert limits('cookie_expire = "24h"\n') == (None, DAY)
    assert limits('cookie_refresh = "0"\nprovider = "oidc"\n') == (None, 7 * DAY)


@pytest.mark.parametrize(
    "text",
    [
        "exec oauth2-proxy --cookie-expire=2h --cookie-refresh 10m --upstream=http://x",
        "OAUTH2_PROXY_COOKIE_EXPIRE=2h\nexport OAUTH2_PROXY_COOKIE_REFRESH=10m\n",
        "environment:\n  - OAUTH2_PROXY_COOKIE_EXPIRE=2h\n  - OAUTH2_PROXY_COOKIE_REFRESH=10m\n",
    ],
)
def test_flags_and_variables_say_the_same(text: str) -> None:
    assert limits(text) == (7200, None)


def test_routes_without_a_login_are_public() -> None:
    policy, draft = imported(settings("oauth2-proxy.cfg"))
    public = {rule.match.path[0]: rule.match.method for rule in policy.rules if rule.public}
    assert public == {"/health": (), "/metrics/**": ("GET",), "/static/**": ()}
    assert noted(draft, "'^/(a|b)/' is a regular expression")


def test_an_expiry_with_the_browser_is_no_limit() -> None:
    policy, draft = imported('cookie_expire = "0"\n')
    assert policy.session.absolute is None and noted(draft, "ends the session with the browser")
