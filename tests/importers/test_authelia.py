from tests.importers.imported import imported, limits, noted, settings

from nightlatch.core.policy import DAY

TEXT = settings("authelia.yml")


def test_inactivity_and_expiration() -> None:
    assert limits(TEXT) == (300, 5400)
    assert limits("session: {}\n", "authelia") == (300, 3600)


def test_a_cookie_domain_has_limits_of_its_own() -> None:
    rules = {rule.match.host: rule.limits for rule in imported(TEXT)[0].rules if not rule.public}
    assert set(rules) == {("bank.example",), ("**.bank.example",)}
    assert {(each.idle, each.absolute) for each in rules.values()} == {(120_000_000, 5400_000_000)}


def test_bypassed_resources_are_public_on_their_domain() -> None:
    policy, draft = imported(TEXT)
    public = [(rule.match.host, rule.match.path) for rule in policy.rules if rule.public]
    assert public == [(("**.example.com",), ("/healthz",)), (("open.example.com",), ("/**",))]
    assert noted(draft, "a resource is a regular expression")


def test_a_rule_of_regular_expressions_only_is_never_public_for_everything() -> None:
    text = 'access_control:\n  rules:\n    - {domain: a.example, resources: ["^/(x|y)$"], policy: bypass}\n'
    assert imported(text)[0].rules == ()


def test_remembered_sessions_are_told() -> None:
    assert noted(imported(TEXT)[1], "no inactivity limit")
    assert imported(TEXT)[0].remember == {"idle": None, "absolute": 30 * DAY}
    without, draft = imported(TEXT.replace("remember_me: 1M", "remember_me: -1"))
    assert not noted(draft, "no inactivity limit") and without.remember == {}
