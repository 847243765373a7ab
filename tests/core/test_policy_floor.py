"""The floor: whatever is looser than it is reported where it is written, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.durations import format_duration
from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy import HOUR, MINUTE, SECOND, Limits, Policy
from nightlatch.core.policy_toml import read_policy

FLOOR = Policy("aal", "v", session=Limits(15 * MINUTE, 12 * HOUR, HOUR))


def looser(text: str, floor: Policy = FLOOR) -> list[tuple[int, str]]:
    try:
        read_policy(f'[policy]\nfloor = "aal"\n{text}', name="test", floors={"aal": floor}.__getitem__)
    except PolicyInvalid as invalid:
        return [(mistake.line, mistake.found) for mistake in invalid.mistakes]
    return []


GOOD = '[session]\nidle = "15m"\nabsolute = "12h"\nrolling = "1h"\n'


def test_as_tight_as_the_floor_is_tight_enough() -> None:
    assert looser(GOOD) == []
    assert looser(GOOD + '[risk.low]\nidle = "14m"\n[[rule]]\nname = "a"\nmatch = { path = "/" }\nrisk = "low"') == []


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ('[risk.low]\nidle = "16m"', 8),
        ('[risk.low]\nabsolute = "off"', 8),
        ('[[rule]]\nname = "a"\nmatch = { path = "/" }\nidle = "1h"', 10),
        ('[[rule]]\nname = "a"\nmatch = { path = "/" }\nrolling = "off"', 10),
    ],
)
def test_a_looser_limit_is_reported_at_its_line(more: str, line: int) -> None:
    assert [place for place, _ in looser(GOOD + more)] == [line]


def test_what_a_rule_takes_over_is_reported_once_where_it_is_written() -> None:
    text = GOOD + '[risk.low]\nidle = "16m"\n[[rule]]\nname = "a"\nmatch = { path = "/" }\nrisk = "low"'
    assert looser(text) == [(8, "idle is 16m, looser than the floor")]


def test_a_default_that_is_looser_is_reported_too() -> None:
    assert [found for _, found in looser("")] == [
        "idle is 30m, looser than the floor",
        "rolling is off, looser than the floor",
    ]


def test_public_rules_have_no_limits() -> None:
    assert looser(GOOD + '[[rule]]\nname = "a"\nmatch = { path = "/" }\naccess = "public"') == []


def test_a_floor_without_limits_allows_everything() -> None:
    assert looser('[session]\nidle = "off"\nabsolute = "off"', Policy("aal", "v", session=Limits(None, None))) == []


@pytest.mark.parametrize(
    "text", ["[risk]\nlow = 3", "rule = 3", "rule = [3, { idle = '1d' }]", "[[rule]]\nmatch = 3", "risk = 3"]
)
def test_broken_tables_do_not_disturb_it(text: str) -> None:
    head, _, _ = text.partition("[")
    with pytest.raises(PolicyInvalid):
        read_policy(
            f'{head}\n[policy]\nfloor = "aal"\n{text[len(head) :]}', name="x", floors={"aal": FLOOR}.__getitem__
        )


DURATIONS = st.none() | st.integers(1, 86_400)


@given(DURATIONS, DURATIONS, DURATIONS, DURATIONS)
def test_looser_means_longer_or_off(
    idle: int | None, absolute: int | None, most: int | None, longest: int | None
) -> None:
    def us(seconds: int | None) -> int | None:
        return None if seconds is None else seconds * SECOND

    text = f'[session]\nidle = "{format_duration(us(idle))}"\nabsolute = "{format_duration(us(absolute))}"'
    floor = Policy("aal", "v", session=Limits(us(most), us(longest)))
    expected = [
        key
        for key, limit, bound in (("idle", idle, most), ("absolute", absolute, longest))
        if bound is not None and (limit is None or limit > bound)
    ]
    assert [found.split()[0] for _, found in looser(text, floor)] == expected
