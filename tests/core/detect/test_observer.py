"""What requests are worth a look: the first of a session, those from elsewhere, those after a long pause."""

from typing import Any

import pytest
from tests.core.detect.facts_at import T0

from nightlatch.core.detect import observer as module
from nightlatch.core.detect.facts import BEAT, REQUEST, Fact
from nightlatch.core.detect.observer import Observer
from nightlatch.core.detect.places import Places
from nightlatch.core.detect.stream import Stream
from nightlatch.core.detect.table import IN_FORCE, RULES
from nightlatch.core.policy import MINUTE, Policy
from nightlatch.core.session import Session

FIREFOX = "Mozilla/5.0 (X11) Firefox/140.0"
SESSION = Session("s1", "http://a", "ada", "nightlatch", T0, T0, T0, T0, network="10.0.0.0/24", agent="Firefox")


def observer(alerts: Any = IN_FORCE) -> Observer:
    return Observer(Policy("p", "v", alerts=alerts), Stream(alerts), Places(lambda *_: ("10.0.9.0/24",)))


def look(who: Observer, address: str = "10.0.0.1", agent: str = FIREFOX, after: int = 0) -> tuple[Fact, ...]:
    return who.request(SESSION, address, agent, T0 + after, 30 * MINUTE, True)


def test_the_first_request_is_compared_with_the_start_of_the_session() -> None:
    (fact,) = look(observer(), "10.0.1.1", "curl/8", 5)
    assert fact.kind == REQUEST
    assert (fact.session, fact.subject, fact.network, fact.agent) == ("s1", "ada", "10.0.1.0/24", "curl")
    assert fact.detail == {
        "gap": 5,
        "limit": 30 * MINUTE,
        "before_network": "10.0.0.0/24",
        "before_agent": "Firefox",
        "familiar": False,
    }


def test_then_only_what_differs_is_told() -> None:
    who = observer()
    assert look(who)[0].detail["familiar"] is True
    assert look(who) == look(who, after=15 * MINUTE - 1) == ()
    assert len(look(who, after=15 * MINUTE)) == 1
    (moved,) = look(who, "10.0.9.7")
    assert (moved.detail["before_network"], moved.detail["familiar"]) == ("10.0.0.0/24", True)
    (back,) = look(who, agent="curl/8")
    assert (back.detail["before_network"], back.detail["before_agent"]) == ("10.0.9.0/24", "Firefox")


def test_the_pause_follows_the_tightest_rule_and_the_policy() -> None:
    after = {**IN_FORCE, "idle_flare": RULES["idle_flare"]._replace(thresholds={"after": "10%", "network": "any"})}
    who = observer(after)
    look(who)
    assert len(look(who, after=3 * MINUTE)) == 1


def test_what_nobody_wants_is_not_told() -> None:
    who = observer({})
    assert not who.watches
    assert look(who, "10.0.1.1") == ()


def test_beats_are_told_when_they_are_wanted() -> None:
    alerts = {"machine_rhythm": RULES["machine_rhythm"]}
    who = observer(alerts)
    assert [fact.kind for fact in (*look(who), *look(who, after=7))] == [BEAT, BEAT]
    assert who.request(SESSION, "10.0.0.1", FIREFOX, T0, None, False) == ()


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 1)
    who = observer()
    look(who)
    who.request(SESSION._replace(id="s2"), "10.0.0.1", FIREFOX, T0, None, True)
    assert len(look(who)) == 1
