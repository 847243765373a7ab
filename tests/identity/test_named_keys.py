"""Keys that are published one by one."""

import asyncio

import pytest
from tests.identity.test_key_sets import SECOND, key, story

from nightlatch.identity.key_sets import Freshness, Keys, KeysUnavailable
from nightlatch.identity.named_keys import NamedKeys


class Store:
    """Has one key, `a`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failure = ""
        self.now = 1000 * SECOND
        times = Freshness(cool_down=SECOND, unknown_for=60 * SECOND, kept_for=3600 * SECOND)
        self.keys = NamedKeys("the store", self._load, times, lambda: self.now)

    async def _load(self, kid: str) -> Keys:
        self.asked.append(kid)
        await asyncio.sleep(0)  # gives others a turn, as a fetch does
        if self.failure:
            raise KeysUnavailable(self.failure)
        return (key("a"),) if kid == "a" else ()

    async def wanted(self, kid: str | None) -> Keys:
        if self.keys.lacks(kid):
            await self.keys.fetch(kid)
        return self.keys.at_hand(kid)


@story
async def test_each_key_is_fetched_once() -> None:
    store = Store()
    results = await asyncio.gather(*(store.wanted("a") for _ in range(9)))
    assert results == [(key("a"),)] * 9
    assert await store.wanted("a") == (key("a"),)
    assert store.asked == ["a"]


@story
async def test_a_name_that_leads_nowhere_is_asked_for_now_and_then() -> None:
    store = Store()
    for _ in range(61):
        assert await store.wanted("b") == ()
        store.now += SECOND
    assert store.asked == ["b", "b"]


@story
async def test_made_up_names_are_asked_for_once_a_second() -> None:
    store = Store()
    for number in range(500):
        assert await store.wanted(f"x{number}") == ()
        store.now += SECOND // 10
    assert len(store.asked) == 50


@story
async def test_a_token_that_names_none_gets_none() -> None:
    store = Store()
    assert await store.wanted(None) == ()
    await store.keys.fetch(None)
    assert store.asked == []


@story
async def test_a_store_that_is_down_tells_so_and_is_asked_again() -> None:
    store = Store()
    store.failure = "gone"
    with pytest.raises(KeysUnavailable, match="gone"):
        await store.wanted("a")
    store.failure = ""
    store.now += SECOND
    assert await store.wanted("a") == (key("a"),)


@story
async def test_a_key_is_asked_for_anew_at_last() -> None:
    store = Store()
    await store.wanted("a")
    store.now += 3600 * SECOND
    await store.keys.refresh()
    assert store.keys.version == 1
    await store.wanted("a")
    assert store.asked == ["a", "a"]
