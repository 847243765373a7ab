"""The `[remember]` table."""

import pytest

from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy import DAY, HOUR, Policy
from nightlatch.core.policy_toml import read_policy


def read(text: str, floor: Policy | None = None) -> Policy:
    return read_policy(text, name="p", floors=None if floor is None else lambda name: floor)


def mistakes(text: str, floor: Policy | None = None) -> list[tuple[int, str]]:
    with pytest.raises(PolicyInvalid) as invalid:
        read(text, floor)
    return [(mistake.line, mistake.found) for mistake in invalid.value.mistakes]


def test_without_the_table_nobody_is_remembered() -> None:
    assert read("").remember == {}


def test_only_what_is_given_is_kept() -> None:
    assert read('[remember]\nidle = "7d"\nabsolute = "30d"').remember == {"idle": 7 * DAY, "absolute": 30 * DAY}
    assert read('[remember]\nidle = "off"').remember == {"idle": None}


def test_a_table_that_says_nothing_is_a_mistake() -> None:
    assert mistakes("[remember]") == [(1, "[remember] without a limit")]


def test_a_misspelt_limit_is_told_with_its_place() -> None:
    ((line, found),) = mistakes('[session]\n[remember]\nabsolut = "30d"')
    assert (line, found) == (3, 'unknown key "absolut"')
    assert mistakes("[remember]\nidle = 7")[0][0] == 2
    assert mistakes('[remember]\nrolling = "7d"') == [(2, 'unknown key "rolling"')]


def test_the_floor_binds_remembered_limits_too() -> None:
    floor = read('[session]\nidle = "1h"\nabsolute = "24h"')
    text = '[policy]\nfloor = "x"\n[session]\nidle = "1h"\nabsolute = "24h"\n[remember]\n'
    assert read(f'{text}idle = "1h"\nabsolute = "24h"', floor).remember == {"idle": HOUR, "absolute": DAY}
    found = mistakes(f'{text}idle = "61m"\nabsolute = "off"', floor)
    assert found == [(7, "idle is 1h1m, looser than the floor"), (8, "absolute is off, looser than the floor")]
