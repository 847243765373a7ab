"""A policy file that is read while it is being written: every beginning of one is refused, or says what it says."""

from collections.abc import Iterator

import pytest

from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy import Limits, Policy
from nightlatch.core.policy_toml import read_policy
from nightlatch.presets import policy_text, preset_names

TEXTS = [policy_text(name) for name in preset_names()]
LONGEST = max(TEXTS, key=len) + '[[rule]]\nname = "more"\nmatch = { path = "/more/**" }\nidle = "2m"\n'


def _numbers(policy: Policy) -> Iterator[int | None]:
    limits = [policy.session, *policy.tiers.values(), *(rule.limits for rule in policy.rules)]
    yield from (value for each in limits for value in each if value is None or isinstance(value, int))


def test_no_beginning_of_a_policy_has_a_limit_that_the_whole_has_not() -> None:
    whole = read_policy(LONGEST, name="whole", file="whole.toml")
    known = {*_numbers(whole), *(value for value in Limits() if not isinstance(value, str))}
    refused = 0
    for length in range(len(LONGEST)):
        try:
            half = read_policy(LONGEST[:length], name="half", file="half.toml")
        except PolicyInvalid as error:
            refused += 1
            assert error.mistakes and "half.toml:" in error.render()
        else:
            assert set(_numbers(half)) <= known, LONGEST[:length]
    assert refused > 100


@pytest.mark.parametrize("junk", ["\0", "\x1b[2J", "\ufffe"])
def test_a_character_that_is_none_of_a_policy_is_told_with_its_place(junk: str) -> None:
    with pytest.raises(PolicyInvalid) as invalid:
        read_policy(f'{junk}[session]\nidle = "5m"\n', name="acme", file="acme.toml")
    assert invalid.value.render().startswith("acme.toml:1:1: ") and "\x1b" not in invalid.value.render()


def test_line_ends_of_windows_are_line_ends() -> None:
    assert read_policy('[session]\r\nidle = "5m"\r\n', name="a", file="a").session.idle == 300_000_000
