"""Sentences for people: the right clock, the right numbers, and nothing that a client sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.policy import DAY, HOUR, MINUTE, SECOND
from nightlatch.core.verdict import Clock, Kind, Verdict
from nightlatch.core.wording import sentence, spoken, told


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (0, "0 seconds"),
        (SECOND - 1, "0 seconds"),
        (SECOND, "1 second"),
        (31 * MINUTE, "31 minutes"),
        (31 * MINUTE + 59 * SECOND + 999_999, "31 minutes 59 seconds"),
        (HOUR + 59 * SECOND, "1 hour"),
        (HOUR + MINUTE, "1 hour 1 minute"),
        (2 * DAY + 3 * HOUR + 4 * MINUTE, "2 days 3 hours"),
    ],
)
def test_a_duration_is_spoken_in_its_two_largest_units(duration: int, words: str) -> None:
    assert spoken(duration) == words


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (
            Verdict(Kind.EXPIRED, "clock", "admin", Clock.IDLE, 30 * MINUTE, 31 * MINUTE),
            "You were idle for 31 minutes; the limit is 30 minutes.",
        ),
        (
            Verdict(Kind.EXPIRED, "clock", None, Clock.ABSOLUTE, 8 * HOUR, 8 * HOUR),
            "You logged in 8 hours ago; a session lasts 8 hours at most.",
        ),
        (Verdict(Kind.REFUSED, "logout"), "This session was logged out."),
        (Verdict(Kind.REFUSED, "whatever"), "The session has ended."),
        (Verdict(Kind.LOGIN, "no_credential"), "This needs a login."),
        (Verdict(Kind.INVALID, "duplicate"), "The request carries more than one credential; only one can be meant."),
        (Verdict(Kind.DENIED, "group"), "Your groups do not allow this."),
    ],
)
def test_a_verdict_in_words(verdict: Verdict, words: str) -> None:
    assert sentence(verdict) == words


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("clock", [None, *Clock])
def test_every_verdict_has_words(kind: Kind, clock: Clock | None) -> None:
    assert sentence(Verdict(kind, "", None, clock, SECOND, SECOND)).endswith(".")


@pytest.mark.parametrize(
    "query",
    [
        {"verdict": "expired", "clock": "absolute", "limit": "900", "elapsed": "99999999999999999999"},
        {"verdict": "expired", "clock": "absolute", "limit": "900", "elapsed": str(3651 * 86_400)},
        {"verdict": "expired", "clock": "idle", "limit": "900", "elapsed": "899"},
        {"verdict": "expired", "clock": "idle", "limit": "-1", "elapsed": "0"},
        {"verdict": "expired", "clock": "idle", "limit": "900"},
        {"verdict": "refused", "clock": "idle", "limit": "900", "elapsed": "900"},
        {"verdict": "denied", "reason": "group"},
        {"verdict": "error", "reason": "ledger"},
        {"verdict": "login", "reason": "hours"},
        {"verdict": "allow"},
    ],
    ids=str,
)
def test_what_no_session_can_have_and_no_login_mends_is_not_told(query: dict[str, str]) -> None:
    assert told(query) is None


def test_the_login_page_is_told_in_its_query() -> None:
    query = {"verdict": "expired", "clock": "idle", "limit": "1800", "elapsed": "1860"}
    assert told(query) == "You were idle for 31 minutes; the limit is 30 minutes."
    assert told({"verdict": "refused", "reason": "logout"}) == "This session was logged out."


@pytest.mark.parametrize("query", [{}, {"verdict": "x"}, {"verdict": "expired", "clock": "<b>", "limit": "1"}])
def test_a_query_that_makes_no_sense_tells_nothing(query: dict[str, str]) -> None:
    assert told(query) is None


@given(st.dictionaries(st.sampled_from(["verdict", "clock", "limit", "elapsed", "reason"]), st.text()))
def test_no_text_of_the_query_gets_through(query: dict[str, str]) -> None:
    words = told(query | {"verdict": "expired", "reason": "<script>"})
    assert words is None or "<" not in words
