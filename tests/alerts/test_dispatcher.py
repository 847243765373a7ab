"""The dispatcher, on a real ledger with a channel that does as it is told: nothing lost, nothing twice."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.samples import T0, a_finding, an_event

from nightlatch.alerts.channel import Fate, Outcome, Told
from nightlatch.alerts.dispatcher import LEASE, LONGEST, SHORTEST, Dispatcher, backoff
from nightlatch.core.events import EventType
from nightlatch.core.policy import SECOND
from nightlatch.ledger.alerts_port import Backlog, Delivery
from nightlatch.ledger.port import LedgerReader, LedgerWriter
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer

T = TypeVar("T")


class Scripted:
    """A channel whose attempts end as `outcomes` say, then well."""

    name = "scripted:here:0123"
    wants = frozenset((EventType.ALERT_RAISED,))
    at_once = 1
    pause = SECOND

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.tried: list[str] = []
        self.got: list[str] = []

    def compose(self, told: Told, key: str, wall: int) -> str | None:
        assert told.alert is not None
        return told.alert.key

    async def send(self, deliveries: Sequence[Delivery], wall: int) -> Outcome:
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome(Fate.DONE)
        self.tried += [delivery.id for delivery in deliveries]
        if outcome.fate is Fate.DONE:
            self.got += [delivery.body for delivery in deliveries]
        return outcome


class Post:
    """A dispatcher, its ledger, and a wall clock to set."""

    def __init__(self, path: Path, name: str = Scripted.name) -> None:
        self.writer: LedgerWriter = open_writer(path)
        self.reader: LedgerReader = open_reader(path)
        self.channel, self.wall = Scripted(), T0
        self.channel.name = name
        self.writer.enlist(self.channel.name)
        self.restart()

    def restart(self) -> None:
        """The guard was killed and is there again."""
        self.dispatcher = Dispatcher(self.channel, self.reader, self.write, lambda: self.wall)

    def write(self, work: Callable[[LedgerWriter], T]) -> Awaitable[T]:
        async def done() -> T:
            return work(self.writer)

        return done()

    def work(self, times: int = 1, after: int = 0) -> list[str]:
        for _ in range(times):
            self.wall += after
            asyncio.run(self.dispatcher.work())
        return self.channel.got

    def raises(self, *keys: str) -> None:
        for number, key in enumerate(keys):
            self.writer.raise_alert(a_finding(key, detector=f"{key}{number}"), "alert", "v1")

    def backlog(self) -> Backlog:
        (backlog,) = self.reader.backlogs()
        return backlog


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    post = Post(tmp_path / "ledger.db")
    yield post
    post.writer.close()
    post.reader.close()


def test_alerts_arrive_once_in_order_and_not_all_at_once(post: Post) -> None:
    post.raises("a", "b")
    assert post.work(5) == ["a"]
    post.raises("c")
    assert post.work(5, SECOND) == ["a", "b", "c"]
    assert post.backlog() == Backlog(post.channel.name, 0, 0, "")


def test_receivers_whose_names_end_alike_are_told_of_the_same_event(tmp_path: Path) -> None:
    """As an audit file and a syslog receiver of one format do."""
    posts = [Post(tmp_path / "ledger.db", name) for name in ("audit-file:/a:ecs", "audit-syslog:udp:h:1:ecs")]
    for post in posts:
        post.channel.outcomes = [Outcome(Fate.DOWN, "refused")]
    posts[0].raises("a")
    assert [post.work(30, SECOND) for post in posts] == [["a"], ["a"]]
    assert len({key for post in posts for key in post.channel.tried}) == 2
    for post in posts:
        post.writer.close()
        post.reader.close()


def test_while_the_receiver_is_down_everything_waits(post: Post) -> None:
    post.channel.outcomes = [Outcome(Fate.DOWN, "refused")] * 3
    post.raises("a", "b")
    assert post.work(3, SECOND // 2) == []
    assert post.backlog() == Backlog(post.channel.name, 2, 0, "refused")
    post.restart()
    assert post.work(30, SECOND) == ["a", "b"]
    assert len(set(post.channel.tried[:4])) == 1


def test_a_receiver_may_ask_for_a_pause(post: Post) -> None:
    post.channel.outcomes = [Outcome(Fate.DOWN, "busy", 60 * SECOND)]
    post.raises("a")
    assert post.work(2, 29 * SECOND) == []
    post.work(2, 32 * SECOND)
    assert post.channel.got == ["a"]


def test_one_that_fails_does_not_hold_up_the_others(post: Post) -> None:
    post.channel.outcomes = [Outcome(Fate.PUT_OFF, "404")]
    post.raises("a", "b")
    post.work(1)
    assert post.work(1) == ["b"]
    assert post.work(3, 2 * SECOND) == ["b", "a"]


def test_what_is_refused_for_good_is_kept_and_not_tried_again(post: Post) -> None:
    post.channel.outcomes = [Outcome(Fate.REFUSED, "400 invalid")]
    post.raises("a", "b")
    assert post.work(100, 100 * SECOND) == ["b"]
    assert post.backlog() == Backlog(post.channel.name, 0, 1, "400 invalid")


def test_a_guard_that_was_killed_while_it_sent_sends_again_under_the_same_key(post: Post) -> None:
    post.raises("a")
    post.work(1)
    post.raises("b")
    post.restart()

    class Killed(BaseException):
        """What `kill -9` looks like from inside."""

    async def killed(deliveries: Sequence[Delivery], wall: int) -> Outcome:
        post.channel.tried += [delivery.id for delivery in deliveries]
        raise Killed

    real, post.channel.send = post.channel.send, killed  # type: ignore[method-assign] # for this one attempt
    with pytest.raises(Killed):
        post.work(1, 2 * SECOND)
    post.channel.send = real  # type: ignore[method-assign] # and back
    post.restart()
    assert post.work(1, SECOND) == ["a"]
    assert post.work(1, LEASE) == ["a", "b"]
    assert post.channel.tried[-1] == post.channel.tried[-2]


def test_two_guards_on_one_ledger_tell_once(post: Post) -> None:
    other = Dispatcher(post.channel, post.reader, post.write, lambda: post.wall)
    post.raises("a", "b")
    for _ in range(6):
        post.work(1, SECOND)
        asyncio.run(other.work())
    assert sorted(post.channel.got) == ["a", "b"]


def test_what_nobody_wants_is_passed_over(post: Post) -> None:
    post.writer.record([an_event() for _ in range(500)])
    assert post.work(5) == []
    assert post.reader.told(post.channel.name) == 0 or post.reader.told(post.channel.name) == 500
    post.raises("a")
    assert post.work(5, SECOND) == ["a"]
    assert post.reader.told(post.channel.name) == 501


def test_what_cannot_be_told_does_not_stop_the_rest(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def compose(told: Told, key: str, wall: int) -> str | None:
        if told.alert is not None and told.alert.key == "a":
            raise ValueError("no")
        return "b"

    monkeypatch.setattr(post.channel, "compose", compose)
    post.raises("a", "b")
    assert post.work(5, SECOND) == ["b"]


@given(st.integers(1, 10_000), st.text(min_size=1))
def test_pauses_grow_and_stay_within_bounds(attempts: int, key: str) -> None:
    assert SHORTEST * 3 // 4 <= backoff(attempts, key) <= min(LONGEST, SHORTEST << min(attempts - 1, 16))
    assert backoff(attempts, key) == backoff(attempts, key)
