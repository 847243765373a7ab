import pytest

from nightlatch.core.policy import HOUR, MINUTE
from nightlatch.core.policy_toml import read_policy
from nightlatch.core.policy_variants import with_limit
from nightlatch.core.verdict import Clock

POLICY = read_policy(
    """
[session]
idle = "15m"
absolute = "8h"
[risk.high]
idle = "5m"
[[rule]]
name = "open"
match = { path = "/open" }
access = "public"
[[rule]]
name = "inherits"
match = { path = "/a" }
absolute = "1h"
[[rule]]
name = "tier"
match = { path = "/b" }
risk = "high"
""",
    name="p",
)


def test_a_rule_that_has_its_limit_from_the_session_follows_it() -> None:
    varied = with_limit(POLICY, Clock.IDLE, 7 * MINUTE)
    assert varied.session.idle == 7 * MINUTE
    assert [rule.limits.idle for rule in varied.rules] == [7 * MINUTE, 7 * MINUTE, 5 * MINUTE]
    assert [rule.limits.absolute for rule in varied.rules] == [8 * HOUR, HOUR, 8 * HOUR]
    varied = with_limit(POLICY, Clock.ABSOLUTE, None)
    assert [rule.limits.absolute for rule in varied.rules] == [None, HOUR, None]
    assert varied.session == POLICY.session._replace(absolute=None)


def test_the_limit_of_one_rule() -> None:
    varied = with_limit(POLICY, Clock.IDLE, MINUTE, "tier")
    assert varied.session == POLICY.session
    assert [rule.limits.idle for rule in varied.rules] == [15 * MINUTE, 15 * MINUTE, MINUTE]


@pytest.mark.parametrize("name", ["open", "nope"])
def test_a_rule_that_has_no_limits(name: str) -> None:
    with pytest.raises(ValueError, match=f'no guarded rule "{name}" .there are inherits, tier.'):
        with_limit(POLICY, Clock.IDLE, MINUTE, name)


def test_it_is_the_same_as_writing_it() -> None:
    written = read_policy(POLICY.text.replace('idle = "15m"', 'idle = "7m"'), name="p")
    varied = with_limit(POLICY, Clock.IDLE, 7 * MINUTE)
    assert (varied.session, varied.rules) == (written.session, written.rules)
