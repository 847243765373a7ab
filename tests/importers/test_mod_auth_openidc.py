from tests.importers.imported import imported, limits, noted, settings

CONF = settings("mod_auth_openidc.conf")


def test_its_timeouts_are_idle_and_absolute() -> None:
    assert limits(CONF) == (900, None)
    assert limits(CONF.replace("MaxDuration 0", "MaxDuration 3600")) == (900, 3600)


def test_its_defaults_are_five_minutes_and_eight_hours() -> None:
    assert limits("OIDCProviderMetadataURL https://op.example\n") == (300, 28800)


def test_open_locations_are_public_and_comments_are_not_read() -> None:
    policy, draft = imported(CONF)
    assert [rule.match.path for rule in policy.rules] == [("/public/**",)]
    assert noted(draft, "cannot be revoked") and noted(draft, "ID token's exp")
