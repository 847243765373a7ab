from tests.importers.imported import imported, limits, noted, settings

from nightlatch.core.policy import DAY

REALM = settings("keycloak.json")


def test_the_sessions_limits_are_those_of_single_sign_on() -> None:
    assert limits(REALM) == (1800, 36000)
    assert limits('{"accessTokenLifespan": 60}') == (1800, 36000)


def test_what_is_set_for_clients_never_lengthens_a_session() -> None:
    draft = imported(REALM)[1]
    assert noted(draft, "clientSessionIdleTimeout (300 seconds) shortens") and noted(draft, "the clock `token`")


def test_remembering_and_reuse_are_told() -> None:
    draft = imported(REALM)[1]
    assert noted(draft, "limits of their own") and noted(draft, "stolen refresh token")
    assert imported(REALM)[0].remember == {"idle": 7 * DAY}
    alike, draft = imported(REALM.replace("604800", "0"))
    assert noted(draft, "the same limits") and alike.remember == {}
    assert noted(imported(REALM.replace("604800", "60"))[1], "nobody is logged out sooner")
