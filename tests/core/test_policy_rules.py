"""Rules and tiers: limits with every gap filled, and what makes no sense."""

import pytest

from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy import HOUR, MINUTE, Limits, Match, OnExpiry, Policy, Requirement
from nightlatch.core.policy_rules import over
from nightlatch.core.policy_toml import read_policy

TEXT = """
[session]
idle = "15m"
absolute = "8h"
rolling = "1h"
grace = "5s"

[risk.high]
idle = "5m"

[risk.free]
idle = "off"
absolute = "off"

[[rule]]
name = "{name}"
match = {{ path = "/x" }}
"""


def read(more: str = "", name: str = "it") -> Policy:
    return read_policy(TEXT.format(name=name) + more, name="test")


def complaints(more: str) -> list[str]:
    with pytest.raises(PolicyInvalid) as invalid:
        read(more)
    return [mistake.message for mistake in invalid.value.mistakes]


def test_over_keeps_what_is_not_given_and_takes_off_for_none() -> None:
    assert over(Limits(1, 2, 3), {"idle": 9, "rolling": None}) == Limits(9, 2, None)


@pytest.mark.parametrize(
    ("more", "idle", "absolute", "own"),
    [
        ("", 15 * MINUTE, 8 * HOUR, False),
        ('idle = "2m"', 2 * MINUTE, 8 * HOUR, False),
        ('absolute = "1h"', 15 * MINUTE, HOUR, True),
        ('risk = "high"', 5 * MINUTE, 8 * HOUR, False),
        ('risk = "high"\nidle = "off"', None, 8 * HOUR, False),
        ('risk = "free"', None, None, True),
        ('risk = "free"\nabsolute = "1h"', None, HOUR, True),
    ],
)
def test_each_gap_is_filled_by_the_tier_else_by_the_session(
    more: str, idle: int | None, absolute: int | None, own: bool
) -> None:
    rule = read(more).rules[0]
    assert (rule.limits.idle, rule.limits.absolute, rule.own_absolute) == (idle, absolute, own)
    assert rule.limits.rolling == HOUR
    assert rule.limits.grace == 5_000_000


def test_tiers_are_resolved_over_the_session() -> None:
    tiers = read().tiers
    assert tiers["high"] == Limits(5 * MINUTE, 8 * HOUR, HOUR, 5_000_000)
    assert tiers["free"].idle is None


def test_all_of_a_rule_is_read() -> None:
    rule = read(
        'on_expiry = "reauthenticate"\npassive = true\n'
        'require = { amr = ["mfa"], acr = ["gold"], auth_age = "15m", group = "staff", network = ["10.0.0.0/8"] }'
    ).rules[0]
    assert (rule.on_expiry, rule.passive, rule.public) == (OnExpiry.REAUTHENTICATE, True, False)
    assert rule.require == Requirement(("mfa",), ("gold",), 15 * MINUTE, ("staff",), ("10.0.0.0/8",))


def test_match_takes_strings_and_arrays() -> None:
    match = 'match = { path = ["/y", "/z"], method = "GET", host = "*", group = "g", network = "::1" }'
    assert read(f'[[rule]]\nname = "b"\n{match}').rules[1].match == Match(
        ("/y", "/z"), ("GET",), ("*",), ("g",), ("::1/128",)
    )


def test_a_rule_without_a_name_is_called_by_its_number() -> None:
    assert read('[[rule]]\nmatch = { path = "/y" }').rules[1].name == "rule 2"


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ('risk = "hihg"', 'did you mean "high"'),
        ("risk = 3", "a string"),
        ('[[rule]]\nname = "it"\nmatch = { path = "/y" }', 'a second rule named "it"'),
        ('[[rule]]\nname = "b"', "without match"),
        ('[[rule]]\nname = "b"\nmatch = {}', "without match"),
        ('[[rule]]\nname = "b"\nmatch = "/x"', "a table"),
        ('[[rule]]\nname = "b"\nmatch = { path = [] }', "at least one"),
        ('[[rule]]\nname = "b"\nmatch = { paht = "/x" }', 'did you mean "path"'),
        ('access = "pubic"', 'did you mean "public"'),
        ('access = "public"\nidle = "5m"', "a public rule asks for nothing"),
        ('access = "public"\nrisk = "high"', "a public rule asks for nothing"),
        ('access = "public"\nrequire = { amr = "mfa" }', "a public rule asks for nothing"),
        ('grace = "5s"', 'unknown key "grace"'),
        ('on_expiry = "stop"', "one of end, reauthenticate"),
        ('require = { auth_age = "1M" }', "minutes or months"),
        ("require = { mfa = true }", 'unknown key "mfa"'),
        ('[risk.low]\nleeway = "1m"', 'unknown key "leeway"'),
        ("[risk]\nlow = 3", "a table"),
    ],
)
def test_mistakes(more: str, complaint: str) -> None:
    found = complaints(more)
    assert len(found) == 1
    assert complaint in found[0]
