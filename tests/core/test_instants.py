"""RFC 3339, there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.instants import exact, parse_rfc3339, rfc3339


@given(st.integers(0, 4_000_000_000_000_000))
def test_an_exact_instant_comes_back(at: int) -> None:
    assert parse_rfc3339(exact(at)) == at
    assert 0 <= at - parse_rfc3339(rfc3339(at)) < 1000


def test_it_is_always_utc() -> None:
    assert rfc3339(1_700_000_000_123_456) == "2023-11-14T22:13:20.123Z"
    assert parse_rfc3339("2023-11-14T23:13:20+01:00") == parse_rfc3339("2023-11-14T22:13:20")


@pytest.mark.parametrize("text", ["", "yesterday", "2023-13-01T00:00:00Z"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_rfc3339(text)
