import pytest
from tests.core.lint.reading import policy

from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy import DAY
from nightlatch.core.policy_diff import differences
from nightlatch.core.words import describe


def test_events_are_kept_for_ever_unless_the_policy_says_otherwise() -> None:
    assert policy("").audit.keep is None and policy('[audit]\nkeep = "off"\n').audit.keep is None
    assert policy('[audit]\nkeep = "400d"\n').audit.keep == 400 * DAY


def test_sessions_are_kept_as_long_as_events_unless_the_policy_says_otherwise() -> None:
    assert policy('[audit]\nkeep = "400d"\n').audit.keep_sessions == 400 * DAY
    assert policy('[audit]\nkeep = "400d"\nkeep_sessions = "off"\n').audit == (400 * DAY, None)
    assert policy('[audit]\nkeep_sessions = "30d"\n').audit == (None, 30 * DAY)


def test_it_is_told_in_words_and_as_a_difference() -> None:
    kept = policy('[audit]\nkeep = "400d"\n')
    assert "Audit events are kept for 400d." in describe(kept)
    assert "Sessions are kept for 400d after their end." in describe(kept)
    assert [(each.at, each.after) for each in differences(policy(""), kept)] == [
        ("audit.keep", "400d"),
        ("audit.keep_sessions", "400d"),
    ]


def test_a_mistake_has_its_place() -> None:
    with pytest.raises(PolicyInvalid, match=r":2:1: unknown key \"keeep\""):
        policy('[audit]\nkeeep = "400d"\n')
