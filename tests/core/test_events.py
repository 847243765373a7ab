"""The chain: any change to an event, or to the order of events, shows."""

from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.events import GENESIS, Event, EventType, canonical, chain_hash

EVENT = Event(EventType.SESSION_EXPIRED, 5, "s1", "alice", "10.0.0.0/24", "curl", "v1", {"clock": "idle", "limit": 3})


def test_the_canonical_form_is_one_line_with_sorted_keys() -> None:
    text = canonical(EVENT)
    assert "\n" not in text
    assert text == canonical(EVENT._replace(detail={"limit": 3, "clock": "idle"}))
    assert text.startswith('{"agent":"curl","at":5,"detail":{"clock":"idle","limit":3}')


@given(subject=st.text(), at=st.integers(0, 2**60))
def test_every_change_changes_the_hash(subject: str, at: int) -> None:
    other = EVENT._replace(subject=subject, at=at)
    same = other == EVENT
    assert (chain_hash(GENESIS, canonical(other)) == chain_hash(GENESIS, canonical(EVENT))) is same


def test_the_place_in_the_chain_matters() -> None:
    first = chain_hash(GENESIS, canonical(EVENT))
    assert chain_hash(first, canonical(EVENT)) != first
