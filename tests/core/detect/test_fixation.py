"""Fixation: the application keeps a cookie across a login, or gives an ended one out; one alert for all of it."""

from tests.core.detect.facts_at import a_fact, found

from nightlatch.core.detect.facts import KEPT
from nightlatch.core.events import EventType


def test_both_ways() -> None:
    kept, again = found(
        "fixation",
        [a_fact(KEPT), a_fact(EventType.SESSION_REUSED_AFTER_END, session="s2", by="application")],
    )
    assert {kept.key, again.key} == {"application"}
    assert "kept the session cookie" in kept.why
    assert "issued" in again.why


def test_a_client_that_comes_back_is_not_the_application() -> None:
    assert found("fixation", [a_fact(EventType.SESSION_REUSED_AFTER_END, reason="logout")]) == []
