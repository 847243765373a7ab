import pytest
from tests.core.lint.reading import QUIET, linted

RULE = '[[rule]]\nname = "NAME"\nmatch = { path = PATH }\n'


def rule(name: str, path: str, rest: str = "") -> str:
    return RULE.replace("NAME", name).replace("PATH", path) + rest + "\n"


@pytest.mark.parametrize(
    ("first", "second", "covered"),
    [
        ('"/a/**"', '"/a/b"', True),
        ('"/a/**"', '"/a/b/**"', True),
        ('"/a/**"', '"/a/*"', False),  # cannot be told by letters, so it is not claimed
        ('"/a/*"', '"/a/**"', False),
        ('"/a"', '"/a"', True),
        ('"/a"', '["/a", "/b"]', False),
        ('["/a", "/b"]', '"/b"', True),
        ('"/ab/**"', '"/a/b"', False),
        ('"/**"', '"/x/*"', True),
    ],
)
def test_a_rule_behind_one_that_takes_all_of_it_never_applies(first: str, second: str, covered: bool) -> None:
    assert ("rule-never-applies" in linted(rule("one", first) + rule("two", second))) == covered


@pytest.mark.parametrize("condition", ['method = "POST"', 'group = "staff"', 'network = "10.0.0.0/8"', 'host = "a.b"'])
def test_a_condition_of_the_earlier_rule_leaves_something_to_the_later(condition: str) -> None:
    earlier = rule("one", f'"/a/**", {condition}')
    assert "rule-never-applies" not in linted(earlier + rule("two", '"/a/b"'))
    assert "rule-never-applies" in linted(earlier + rule("two", f'"/a/b", {condition}'))


def test_a_public_rule_for_everything_guards_nothing() -> None:
    assert linted(rule("open", '"/**"', 'access = "public"'))["everything-public"].line == 1
    assert "everything-public" not in linted(rule("open", '"/**", method = "GET"', 'access = "public"'))
    assert "everything-public" not in linted(rule("open", '"/x/**"', 'access = "public"'))


def test_what_login_public_lets_pass_no_rule_guards() -> None:
    text = '[login]\npublic = ["/assets/**"]\n'
    assert "guarded-but-public" in linted(text + rule("secret", '["/x", "/assets/secret"]'))
    assert "guarded-but-public" not in linted(text + rule("secret", '"/asset"'))
    assert "guarded-but-public" not in linted(text + rule("fine", '"/assets/a"', 'access = "public"'))


def test_polling_that_counts_is_found_until_it_is_passive() -> None:
    poll = rule("poll", '"/api/poll"')
    assert "polling-counts" in linted(poll)
    assert "polling-counts" not in linted(poll + "passive = true\n")
    assert "polling-counts" not in linted(poll + '[activity]\npassive = [{ path = "/api/**" }]\n')
    assert "polling-counts" in linted(poll + '[activity]\npassive = [{ path = "/other/**" }]\n')
    assert "polling-counts" in linted(poll + '[activity]\npassive = [{ path = "/api/**", header = "X-B" }]\n')


def test_that_nothing_is_passive_is_noted() -> None:
    assert "nothing-passive" in linted("")
    assert "nothing-passive" not in linted(QUIET)
    assert "nothing-passive" not in linted(rule("poll", '"/api/poll"', "passive = true"))


def test_server_messages_that_count_are_found() -> None:
    assert linted('[activity]\nwebsocket = "all"\n')["server-messages-count"].line == 2
    assert "server-messages-count" not in linted('[activity]\nwebsocket = "client"\n')
