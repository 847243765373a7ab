from nightlatch.core.policy import Policy
from nightlatch.core.policy_places import PolicyPlaces
from nightlatch.core.policy_toml import read_policy

TEXT = """# a comment
[session]
absolute = "8h"

[risk.high]
idle = "5m"

[[rule]]
match = { path = "/a" }
absolute = "1h"

[[rule]]
name = "tier"
match = { path = "/b" }
risk = "high"
"""


def places(text: str = TEXT) -> PolicyPlaces:
    return PolicyPlaces(read_policy(text, name="p"))


def test_a_limit_stands_in_the_rule_its_tier_or_the_session() -> None:
    assert places().limit("absolute") == (3, 1)
    assert places().limit("absolute", "rule 1") == (10, 1)
    assert places().limit("idle", "tier") == (6, 1)
    assert places().limit("absolute", "tier") == (3, 1)
    assert places().limit("idle") == (2, 2)
    assert places().limit("idle", "built-in public") == (2, 2)


def test_a_rule_stands_where_its_name_does() -> None:
    assert places().rule("tier") == (13, 1)
    assert places().rule("rule 1").line == 8
    assert places().rule("nope") == (1, 1)


def test_what_is_not_written_stands_at_the_top() -> None:
    assert places("").limit("idle") == (1, 1)
    assert PolicyPlaces(Policy("made", "v")).limit("idle") == (1, 1)
    assert places().first(("login",), ("risk",)).line in (1, 5)


def test_lines_are_those_of_the_file() -> None:
    windows = places("\ufeff" + TEXT.replace("\n", "\r\n"))
    assert windows.line(windows.limit("absolute")) == 'absolute = "8h"'
