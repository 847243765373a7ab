from tests.importers.imported import imported, limits, noted, settings

from nightlatch.core.policy import DAY

LUA = settings("resty.lua")


def test_the_three_clocks_have_the_same_names() -> None:
    session = imported(LUA)[0].session
    assert limits(LUA) == (600, 43200)
    assert (session.rolling, session.grace) == (3600_000_000, 5_000_000)


def test_nginx_variables_say_the_same() -> None:
    assert limits("set $session_idling_timeout 300;\nset $session_absolute_timeout 7200;\n") == (300, 7200)


def test_remembered_sessions_are_told() -> None:
    assert noted(imported(LUA)[1], "no idling timeout")
    assert imported(LUA)[0].remember == {"idle": 7 * DAY, "absolute": 30 * DAY}
    without, draft = imported(LUA.replace("remember = true", "remember = false"))
    assert not noted(draft, "no idling timeout") and without.remember == {}
    nginx = imported("set $session_remember on;\nset $session_remember_absolute_timeout 86400;\n")[0]
    assert nginx.remember == {"idle": 7 * DAY, "absolute": DAY}
