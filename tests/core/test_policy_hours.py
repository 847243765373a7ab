"""The `[hours]` table: days and times as people write them, and every mistake told."""

import pytest

from nightlatch.core.decide import decide
from nightlatch.core.hours import Hours, Span
from nightlatch.core.identity import Identity
from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy_hours import spans_of
from nightlatch.core.policy_toml import read_policy
from nightlatch.core.policy_values import Unfit
from nightlatch.core.request import RequestView
from nightlatch.core.session import Session
from nightlatch.core.verdict import Kind
from nightlatch.core.wording import sentence

MONDAY = 1_763_942_400_000_000
"""2025-11-24 00:00 UTC."""
HOUR = 3_600_000_000
DAY = 24 * 60


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("mon 08:00-18:00", (Span(480, 600),)),
        ("sat,sun 10:00-24:00", (Span(5 * DAY + 600, 840), Span(6 * DAY + 600, 840))),
        ("fri-mon 00:00-24:00", tuple(Span(day * DAY, DAY) for day in (4, 5, 6, 0))),
        ("sun 22:00-06:00", (Span(6 * DAY + 1320, 480),)),
    ],
)
def test_spans(text: str, spans: tuple[Span, ...]) -> None:
    assert spans_of(text) == spans


def test_without_days_every_day() -> None:
    assert len(spans_of("08:00-18:00")) == 7


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mon",
        "08:00",
        "8:00-18:00",
        "mon 08:00-25:00",
        "mon 24:00-08:00",
        "mon 08:60-09:00",
        "mon 08:00-08:00",
        "day 08:00-18:00",
        "mon- 08:00-18:00",
        "mon,,tue 08:00-18:00",
        "Mon 08:00-18:00",
        "mon  08:00-18:00",
        "mon 08:00-18:00 ",
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(Unfit):
        spans_of(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('open = ["mo 08:00-18:00"]', "mon-fri"),
        ("open = []", "at least one"),
        ('zone = "UTC"', "without open"),
        ('open = ["08:00-18:00"]\nzone = "Mars/Olympus"', "Europe/Berlin"),
        ('open = ["08:00-18:00"]\nzone = "../../etc/passwd"', "Europe/Berlin"),
        ('opens = ["08:00-18:00"]', "open"),
    ],
)
def test_a_mistake_tells_what_was_expected(text: str, told: str) -> None:
    with pytest.raises(PolicyInvalid, match=told):
        read_policy(f"[hours]\n{text}", name="test")


@pytest.mark.parametrize(("hour", "kind"), [(7, Kind.DENIED), (8, Kind.ALLOW), (17, Kind.ALLOW), (18, Kind.DENIED)])
def test_outside_of_them_a_live_session_is_denied(hour: int, kind: Kind) -> None:
    policy = read_policy('[hours]\nopen = ["mon-fri 08:00-18:00"]', name="test")
    now = MONDAY + hour * HOUR
    session = Session("s", "http://a", "ada", "nightlatch", now, now, now, now)
    request = RequestView("GET", "localhost", "/", "", {}, "127.0.0.1")
    verdict = decide(Identity("nightlatch", b"x", "ada"), session, policy, request, now)
    assert verdict.kind is kind
    if kind is Kind.DENIED:
        assert sentence(verdict) == "This site is closed at this hour." and verdict.end is None


def test_always_open_unless_it_says_so() -> None:
    assert read_policy("", name="test").hours == Hours()
