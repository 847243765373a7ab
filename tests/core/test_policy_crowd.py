"""The `[concurrency]` table: how many sessions a person may have at a time."""

import pytest

from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy import Concurrency
from nightlatch.core.policy_toml import read_policy
from nightlatch.core.words import describe


def concurrency(text: str) -> Concurrency:
    return read_policy(f"[concurrency]\n{text}", name="test").concurrency


def test_any_number_unless_it_says_so() -> None:
    assert read_policy("", name="test").concurrency == Concurrency(None, "end_oldest")
    assert concurrency("max = 3") == Concurrency(3, "end_oldest")
    assert concurrency('max = 1\nthen = "refuse"') == Concurrency(1, "refuse")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("max = 0", "from 1"),
        ("max = true", "from 1"),
        ('max = "3"', "from 1"),
        ('then = "refuse"', "max = 3"),
        ('max = 3\nthen = "end"', "end_oldest"),
        ("maximum = 3", "max"),
    ],
)
def test_a_mistake_tells_what_was_expected(text: str, told: str) -> None:
    with pytest.raises(PolicyInvalid, match=told):
        concurrency(text)


@pytest.mark.parametrize(("then", "told"), [("end_oldest", "the oldest one ends"), ("refuse", "is refused")])
def test_it_can_be_read_aloud(then: str, told: str) -> None:
    sentences = describe(read_policy(f'[concurrency]\nmax = 2\nthen = "{then}"', name="test"))
    assert any("at most 2 sessions" in sentence and told in sentence for sentence in sentences)


def test_one_session_is_no_sessions() -> None:
    assert any(
        "at most 1 session at a time" in each for each in describe(read_policy("[concurrency]\nmax = 1", name="t"))
    )
