from tests.importers.imported import imported, limits, noted, settings

TEXT = settings("pomerium.yaml")


def test_cookie_expire_is_absolute_and_nothing_is_idle() -> None:
    assert limits(TEXT) == (None, 28800)
    assert limits("routes: []\n") == (None, 14 * 3600)


def test_its_idle_timeouts_are_told_to_be_about_connections() -> None:
    draft = imported(TEXT)[1]
    assert noted(draft, "timeout_idle (5m) closes idle connections") and noted(draft, "closes idle streams")


def test_public_routes_are_public_on_their_host() -> None:
    (rule,) = imported(TEXT)[0].rules
    assert (rule.public, rule.match.host, rule.match.path) == (True, ("app.example.com",), ("/assets/**",))


def test_a_public_route_by_regular_expression_is_left_to_the_reader() -> None:
    policy, draft = imported(TEXT.replace("prefix: /assets/", 'regex: "^/(a|b)$"'))
    assert policy.rules == () and noted(draft, "has a regular expression")
