"""What detectors share: a window of instants, and findings that tell where they come from."""

from hypothesis import given
from hypothesis import strategies as st
from tests.core.detect.facts_at import a_fact

from nightlatch.core.detect.detector import by_session, finding, number, recent


@given(st.lists(st.integers(0, 100), max_size=20).map(sorted), st.integers(1, 50), st.integers(1, 10))
def test_a_window_keeps_what_is_recent(times: list[int], window: int, most: int) -> None:
    kept = recent(tuple(times), 100, window, most)
    assert kept[-1] == 100
    assert kept == (*[time for time in times if time > 100 - window], 100)[-most:]


def test_a_finding_tells_whose_it_is() -> None:
    fact = a_fact("request", 5, id=9)
    told = finding("name", "key", fact, "why", a=1)
    assert (told.at, told.session, told.subject, told.network, told.agent) == fact[1:6]
    assert (told.detector, told.key, told.cause, told.detail, told.times) == ("name", "key", 9, {"a": 1}, 1)
    assert by_session(fact) == "s1"
    assert number({"count": 3}, "count") == 3
