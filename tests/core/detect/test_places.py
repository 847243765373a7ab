"""Familiar networks: from the store, from what was seen, and of one operator."""

from collections.abc import Sequence

import pytest
from tests.core.detect.facts_at import ELSEWHERE, HOME, OFFICE, T0

from nightlatch.core.detect import places as module
from nightlatch.core.detect.places import FAMILIAR, STALE, Places

SITE = "http://a"


class Store:
    """What the ledger knows, and what it was asked."""

    def __init__(self, *networks: str) -> None:
        self.networks, self.asked = networks, list[tuple[str, str, int]]()

    def __call__(self, site: str, who: str, since: int) -> Sequence[str]:
        self.asked.append((site, who, since))
        return self.networks if who == "ada" else ()


def test_the_store_is_asked_once_for_thirty_days() -> None:
    store = Store(HOME)
    places = Places(store)
    assert places.familiar(SITE, "ada", HOME, T0)
    assert not places.familiar(SITE, "ada", OFFICE, T0)
    assert not places.familiar(SITE, "bob", HOME, T0)
    assert store.asked == [(SITE, "ada", T0 - FAMILIAR), (SITE, "bob", T0 - FAMILIAR)]


def test_what_was_seen_is_familiar_for_thirty_days() -> None:
    places = Places(Store())
    assert places.saw(SITE, "ada", HOME, T0)
    assert places.familiar(SITE, "ada", HOME, T0 + FAMILIAR - 1)
    assert not places.familiar(SITE, "ada", HOME, T0 + FAMILIAR)


def test_the_same_is_written_down_once_a_day() -> None:
    store = Store(OFFICE)
    places = Places(store)
    assert places.saw(SITE, "ada", OFFICE, T0)
    assert not places.saw(SITE, "ada", OFFICE, T0 + STALE - 1)
    assert places.saw(SITE, "ada", OFFICE, T0 + STALE)
    assert store.asked == [], "to write it down takes no question"


def test_what_was_seen_here_and_what_is_stored_are_familiar() -> None:
    store = Store(HOME)
    places = Places(store)
    places.saw(SITE, "ada", OFFICE, T0)
    assert places.familiar(SITE, "ada", HOME, T0) and places.familiar(SITE, "ada", OFFICE, T0)
    assert not places.familiar(SITE, "ada", ELSEWHERE, T0) and len(store.asked) == 1
    assert not places.saw(SITE, "ada", OFFICE, T0 + 1), "what is stored does not make it older"


def test_networks_of_one_operator_are_as_good_as_one() -> None:
    places = Places(Store(HOME), {HOME: "AS1", OFFICE: "AS1"}.get)  # type: ignore[arg-type] # None is as good as ""
    assert places.familiar(SITE, "ada", OFFICE, T0)
    assert not places.familiar(SITE, "ada", ELSEWHERE, T0)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 1)
    store = Store(HOME)
    places = Places(store)
    for who in ("ada", "bob", "ada"):
        places.familiar(SITE, who, HOME, T0)
    assert len(store.asked) == 3 and len(places._known) == len(places._loaded) == 1
