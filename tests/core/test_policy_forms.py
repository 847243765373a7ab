"""The `[forms]` table: sizes and names as people write them, and what is wrong with the rest."""

import pytest

from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy import Forms
from nightlatch.core.policy_forms import LARGEST, names_secret, size_of
from nightlatch.core.policy_toml import read_policy
from nightlatch.core.policy_values import Unfit


def forms(text: str) -> Forms:
    return read_policy(f"[forms]\n{text}", name="test").forms


def test_forms_are_kept_unless_the_policy_says_otherwise() -> None:
    assert read_policy("", name="test").forms == Forms(keep=True, largest=4 << 20, secret=())
    assert forms("keep = false") == Forms(keep=False)


def test_all_of_it() -> None:
    text = 'keep = true\nlargest = "512KiB"\nsecret = ["IBAN", "card[*"]'
    assert forms(text) == Forms(True, 512 * 1024, ("iban", "card[*"))


@pytest.mark.parametrize(("text", "size"), [("1B", 1), ("4MiB", 4 << 20), ("2MB", 2_000_000), ("64MiB", LARGEST)])
def test_sizes(text: str, size: int) -> None:
    assert size_of(text) == size


@pytest.mark.parametrize("text", ["", "0B", "4", "4mib", "-1B", "65MiB", "1e3B", "4 MiB", "999999999999MiB", "٤MiB"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(Unfit):
        size_of(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('keep = "no"', "true or false"),
        ("largest = 4", "a string"),
        ('largest = "4 MiB"', "4MiB"),
        ('secret = [""]', "the name of a form field"),
        ('secrets = ["a"]', "secret"),
    ],
)
def test_a_mistake_names_its_place_and_what_was_expected(text: str, told: str) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        forms(text)
    assert "2:" in caught.value.render() and told in caught.value.render()


@pytest.mark.parametrize(
    ("pattern", "name", "secret"),
    [
        ("iban", "IBAN", True),
        ("iban", "iban2", False),
        ("card[*", "card[number]", True),
        ("*_secret", "my_secret", True),
        ("[a-z]", "b", False),
    ],
)
def test_a_star_stands_for_anything_and_a_bracket_for_itself(pattern: str, name: str, secret: bool) -> None:
    assert names_secret((pattern,), name) is secret
