"""What an answer means for a delivery; and that nothing else is reached than what was named."""

import asyncio
from collections.abc import Iterator

import pytest
from tests.e2e.receiver import Receiver

from nightlatch.alerts.channel import Fate, Outcome
from nightlatch.alerts.http_push import MOST_SAID, push
from nightlatch.core.policy import HOUR, SECOND


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


def pushed(url: str) -> Outcome:
    return asyncio.run(push(url, "body", {"X-Key": "1"}))


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (200, Fate.DONE),
        (202, Fate.DONE),
        (400, Fate.PUT_OFF),
        (404, Fate.PUT_OFF),
        (302, Fate.PUT_OFF),
        (408, Fate.DOWN),
        (429, Fate.DOWN),
        (500, Fate.DOWN),
        (503, Fate.DOWN),
    ],
)
def test_answers(receiver: Receiver, status: int, fate: Fate) -> None:
    receiver.status, receiver.answer = status, b"because"
    outcome = pushed(receiver.url)
    assert outcome.fate is fate
    assert (str(status) in outcome.error and "because" in outcome.error) or fate is Fate.DONE


def test_what_arrives(receiver: Receiver) -> None:
    pushed(receiver.url)
    (got,) = receiver.got
    assert (got.path, got.body, got.headers["x-key"]) == ("/hook", "body", "1")


@pytest.mark.parametrize("status", [400, 500])
def test_what_a_receiver_says_back_gives_nothing_away(receiver: Receiver, status: int) -> None:
    """`Cannot POST /services/T0…/…` is what many servers answer, and the log and the ledger would keep it."""
    place = f"/services/{'T' * 9}/{'k' * 24}?key={'q' * 16}"
    receiver.status = status
    receiver.answer = f"Cannot POST {place}, {'token' * 9}, \x1b]0;".encode() + b"." * 900
    outcome = asyncio.run(push(receiver.url + place, "body", {"Authorization": f"Bearer {'token' * 9}"}))
    assert "Cannot POST /…/…/…?…, …, ?]0;" in outcome.error
    assert len(outcome.error) <= MOST_SAID


def test_nobody_there(receiver: Receiver) -> None:
    receiver.stop()
    assert pushed(receiver.url).fate is Fate.DOWN


@pytest.mark.parametrize(("asked", "pause"), [("7", 7 * SECOND), ("99999", HOUR), ("soon", 0), ("-1", 0)])
def test_a_receiver_may_ask_for_a_pause(receiver: Receiver, asked: str, pause: int) -> None:
    receiver.status, receiver.more = 503, {"Retry-After": asked}
    assert pushed(receiver.url).retry_after == pause
