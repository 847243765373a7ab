"""When keys are fetched, how long they are believed, and when nothing is verified any more; time is set by hand."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import TypeVar

import pytest
from tests.identity.minting import public_key

from nightlatch.identity.key_sets import FixedKeys, Freshness, Keys, KeysUnavailable, RemoteKeys
from nightlatch.identity.keys import VerificationKey

T = TypeVar("T")
SECOND = 1_000_000
TIMES = Freshness(refresh_after=300 * SECOND, cool_down=30 * SECOND, unknown_for=200 * SECOND, kept_for=3600 * SECOND)


def key(kid: str | None, number: int = 0) -> VerificationKey:
    return VerificationKey(public_key("ES256", number), frozenset({"ES256"}), kid)


class Issuer:
    """What it publishes, or why not; `asked` counts."""

    def __init__(self, *keys: VerificationKey) -> None:
        self.keys: Keys = keys
        self.failure = ""
        self.asked = 0
        self.now = 1000 * SECOND
        self.go = asyncio.Event()
        self.go.set()
        self.set = RemoteKeys("the issuer", self._load, TIMES, lambda: self.now)

    async def _load(self, _: str | None) -> Keys:
        self.asked += 1
        await self.go.wait()
        if self.failure:
            raise KeysUnavailable(self.failure)
        return self.keys

    def later(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)

    async def wanted(self, kid: str | None) -> Keys:
        """What a verifier does."""
        if self.set.lacks(kid):
            await self.set.fetch(kid)
        return self.set.at_hand(kid)


def story(told: Callable[[], Coroutine[object, object, T]]) -> Callable[[], T]:
    """A test that is a coroutine."""

    def test() -> T:
        return asyncio.run(told())

    test.__name__, test.__doc__ = told.__name__, told.__doc__
    return test


@story
async def test_keys_are_fetched_when_first_wanted_and_then_at_hand() -> None:
    issuer = Issuer(key("a"))
    for _ in range(3):
        assert await issuer.wanted("a") == issuer.keys
        assert await issuer.wanted(None) == issuer.keys
    assert issuer.asked == 1


@story
async def test_nothing_is_at_hand_before_the_first_fetch() -> None:
    issuer = Issuer(key("a"))
    assert issuer.set.lacks("a")
    with pytest.raises(KeysUnavailable):
        issuer.set.at_hand("a")


@story
async def test_an_unknown_name_is_looked_for_once_the_cool_down_is_over() -> None:
    issuer = Issuer(key("a"))
    await issuer.wanted("a")
    issuer.keys = (key("a"), key("b"))
    issuer.later(29)
    assert await issuer.wanted("b") == (key("a"),)
    assert issuer.asked == 1
    issuer.later(1)
    assert await issuer.wanted("b") == issuer.keys
    assert (issuer.asked, issuer.set.version) == (2, 2)


@story
async def test_a_name_looked_for_in_vain_is_not_looked_for_again_for_a_while() -> None:
    issuer = Issuer(key("a"))
    await issuer.wanted("a")
    issuer.later(30)
    for _ in range(5):
        await issuer.wanted("made-up")
        issuer.later(31)
    assert issuer.asked == 2
    issuer.later(50)
    await issuer.wanted("made-up")
    assert issuer.asked == 3


@story
async def test_a_new_set_forgets_what_was_looked_for_in_vain() -> None:
    issuer = Issuer(key("a"))
    await issuer.wanted("early")
    issuer.later(30)
    issuer.keys = (key("a"), key("b"))
    await issuer.wanted("b")
    issuer.later(30)
    issuer.keys = (key("a"), key("early"))
    assert await issuer.wanted("early") == issuer.keys


@story
async def test_made_up_names_cost_one_fetch_a_cool_down_and_little_memory() -> None:
    issuer = Issuer(key("a"))
    for number in range(3000):
        await issuer.wanted(f"made-up-{number}")
        issuer.later(1)
    assert issuer.asked <= 101
    assert len(issuer.set._in_vain) <= 256


@story
async def test_many_at_once_share_one_fetch_and_one_may_leave() -> None:
    issuer = Issuer(key("a"))
    issuer.go.clear()
    waiting = [asyncio.ensure_future(issuer.wanted("a")) for _ in range(20)]
    await asyncio.sleep(0)  # one turn of the loop, in which they begin
    waiting[0].cancel()
    issuer.go.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert results[1:] == [issuer.keys] * 19
    assert issuer.asked == 1


@story
async def test_a_set_is_fetched_anew_when_it_is_due_and_its_change_is_told() -> None:
    issuer = Issuer(key("a"))
    await issuer.set.refresh()
    assert (issuer.asked, issuer.set.version) == (1, 1)
    issuer.later(299)
    await issuer.set.refresh()
    assert issuer.asked == 1
    issuer.later(1)
    await issuer.set.refresh()
    assert (issuer.asked, issuer.set.version) == (2, 1)
    issuer.keys = (key("a", 1),)
    issuer.later(300)
    await issuer.set.refresh()
    assert (issuer.set.at_hand("a"), issuer.set.version) == (issuer.keys, 2)


@story
async def test_the_last_good_keys_hold_while_the_issuer_is_down_but_not_for_ever() -> None:
    issuer = Issuer(key("a"))
    await issuer.wanted("a")
    issuer.failure = "gone"
    for _ in range(119):
        issuer.later(30)
        await issuer.set.refresh()
        assert issuer.set.at_hand("a")
    with pytest.raises(KeysUnavailable, match="gone"):
        issuer.set.at_hand("another")
    issuer.later(30)
    await issuer.set.refresh()
    with pytest.raises(KeysUnavailable, match="gone"):
        issuer.set.at_hand("a")
    assert issuer.set.version == 2
    issuer.failure = ""
    issuer.later(30)
    await issuer.set.refresh()
    assert issuer.set.at_hand("a") == issuer.keys


@story
async def test_an_issuer_that_is_down_is_asked_once_a_cool_down() -> None:
    issuer = Issuer()
    issuer.failure = "gone"
    for _ in range(300):
        with pytest.raises(KeysUnavailable, match="gone"):
            await issuer.wanted("a")
        await issuer.set.refresh()
        issuer.later(1)
    assert issuer.asked == 10


@story
async def test_a_key_without_a_name_is_meant_by_every_name() -> None:
    issuer = Issuer(key(None))
    assert await issuer.wanted("a") == issuer.keys
    assert not issuer.set.lacks("b")


def test_a_failure_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    async def failing() -> None:
        issuer = Issuer()
        issuer.failure = "gone"
        for _ in range(5):
            await issuer.set.refresh()
            issuer.later(30)

    with caplog.at_level(logging.WARNING):
        asyncio.run(failing())
    assert [record.getMessage() for record in caplog.records] == ["gone; tried again in 30 seconds"]


@story
async def test_keys_from_a_file_stay() -> None:
    fixed = FixedKeys((key("a"),))
    await fixed.fetch("b")
    await fixed.refresh()
    assert (fixed.at_hand("b"), fixed.lacks("b"), fixed.version) == ((key("a"),), False, 0)
