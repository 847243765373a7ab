from nightlatch.core.policy import MINUTE, SECOND
from nightlatch.core.session import End
from nightlatch.explain.phrases import clock_words, left, span, why_ended


def test_what_is_left_is_named_clock_by_clock() -> None:
    clocks = {"idle": {"remaining": 0}, "absolute": {"remaining": 3661}}
    assert left({"clocks": clocks}) == "absolute 1h1m1s, idle has run out"
    assert left({"clocks": {}}) == "no limit"


def test_a_clock_that_ran_out_tells_by_how_much() -> None:
    assert clock_words("idle", 30 * MINUTE, 31 * MINUTE + 2 * SECOND) == (
        "no activity for 31m2s, limit 30m, exceeded by 1m2s"
    )
    assert clock_words("absolute", 30 * MINUTE, 30 * MINUTE + 1) == "30m since the login, limit 30m"


def test_an_end_without_figures_is_still_told() -> None:
    assert clock_words("idle", None, None) == "the clock idle ran out"


def test_why_a_session_ended() -> None:
    assert why_ended(End(0, "expired", "idle", MINUTE, MINUTE, "admin")) == (
        "no activity for 1m, limit 1m (rule admin)"
    )
    assert why_ended(End(0, "admin")) == "by an administrator"
    assert why_ended(End(0, "of_another_version")) == "of_another_version"
    assert why_ended(None) == "it has not"


def test_a_span_is_a_duration() -> None:
    assert span(5400) == "1h30m"
