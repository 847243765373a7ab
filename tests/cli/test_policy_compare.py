import json

import pytest
from tests.cli.bench import nightlatch


def test_explain_names_the_rule_its_line_and_limits() -> None:
    result = nightlatch("policy", "explain", "strict", "get", "http://localhost:8080/admin/users?x=1")
    assert result.exit_code == 0
    assert 'GET /admin/users: rule "admin" (line 24): idle 2m, absolute 30m, counts as activity' in result.stdout
    assert "[session]: idle 5m" in nightlatch("policy", "explain", "strict", "GET", "/else").stdout


def test_a_path_with_several_readings_shows_every_rule_that_may_decide() -> None:
    result = nightlatch("policy", "explain", "strict", "GET", "/x/%2e%2e/admin", "--json")
    document = json.loads(result.stdout)
    assert {rule["rule"] for rule in document["rules"]} == {None, "admin"} and "/admin" in document["readings"]
    admin = next(rule for rule in document["rules"] if rule["rule"] == "admin")
    assert (admin["idle"], admin["absolute"], admin["line"], admin["access"]) == (120, 1800, 24, "guarded")


def test_passive_and_public_requests_are_told() -> None:
    assert nightlatch("policy", "explain", "demo", "GET", "/api/poll").stdout.endswith("passive\n")
    assert "public" in nightlatch("policy", "explain", "demo", "GET", "/healthz").stdout


@pytest.mark.parametrize("url", ["foo", "http://[", "", "http:///x"])
def test_what_is_no_url_is_told_so(url: str) -> None:
    result = nightlatch("policy", "explain", "strict", "GET", url)
    assert result.exit_code == 2 and "URL" in result.stderr


def test_diff_tells_what_gets_stricter() -> None:
    result = nightlatch("policy", "diff", "default", "strict")
    assert "session.idle\t30m\t5m\tstricter" in result.stdout and result.exit_code == 0
    assert nightlatch("policy", "diff", "default", "strict", "--exit-code").exit_code == 1
    assert {"at": "session.idle", "before": "30m", "after": "5m", "change": "stricter"} in json.loads(
        nightlatch("policy", "diff", "default", "strict", "--json").stdout
    )


def test_two_that_mean_the_same_do_not_differ() -> None:
    result = nightlatch("policy", "diff", "strict", "strict", "--exit-code")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "no difference in meaning\n")
