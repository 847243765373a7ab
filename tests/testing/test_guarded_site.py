from datetime import timedelta

import pytest
import requests

from nightlatch.testing.control_client import ControlError
from nightlatch.testing.guarded_site import Nightlatch


def test_a_stranger_is_sent_away_and_a_login_lets_in(nightlatch: Nightlatch) -> None:
    assert nightlatch.ask("/").verdict == "login"
    ada = nightlatch.login(user="ada")
    answer = nightlatch.ask("/", ada, headers={"Accept": "text/html"})
    assert (answer.status, answer.verdict) == (200, "allow")
    assert ">ada<" in answer.text
    bob = nightlatch.login(user="bob")
    saved = nightlatch.ask("/api/note", bob, method="POST", body="x", headers={"Content-Type": "text/plain"})
    assert saved.status == 200


def test_requests_can_be_logged_in(nightlatch: Nightlatch) -> None:
    with requests.Session() as client:
        bob = nightlatch.login(client, user="bob")
        assert ">bob<" in client.get(nightlatch.base_url, timeout=60).text
        nightlatch.end(bob)
        assert client.get(f"{nightlatch.base_url}/api/unread", timeout=60).status_code == 401


def test_time_passes_at_a_word(nightlatch: Nightlatch) -> None:
    with nightlatch.freeze():
        ada = nightlatch.login(user="ada")
        nightlatch.warp("14m", seconds=59)
        assert nightlatch.session(ada).clocks["idle"].remaining == 1
        nightlatch.assert_active(ada)
        nightlatch.warp(timedelta(seconds=1))
        nightlatch.assert_expired(ada, clock="idle")
    assert nightlatch.ask("/", ada).clock == "idle"


def test_travelling_ends_where_it_began(nightlatch: Nightlatch) -> None:
    ada = nightlatch.login(user="ada")
    with nightlatch.travelled(minutes=10):
        assert nightlatch.ask("/", ada).headers["nightlatch-clock"] == "+10m"
    assert "nightlatch-clock" not in nightlatch.ask("/").headers
    assert nightlatch.session(ada).ended_by == "reset"


@pytest.mark.parametrize("round_", [1, 2])
def test_nothing_is_seen_of_earlier_tests(nightlatch: Nightlatch, round_: int) -> None:
    assert nightlatch.sessions == []
    assert nightlatch.decisions == []
    ada, bob = nightlatch.login(user="ada"), nightlatch.login(user="bob")
    nightlatch.ask("/", bob)
    assert [each.id for each in nightlatch.sessions] == [ada.id, bob.id]
    assert [(each["path"], each["verdict"]) for each in nightlatch.decisions] == [("/", "allow")]
    nightlatch.warp(hours=9)


def test_a_failure_prints_the_timeline(nightlatch: Nightlatch) -> None:
    ada = nightlatch.login(user="ada")
    nightlatch.ask("/api/unread", ada)
    nightlatch.warp(minutes=10)
    with pytest.raises(AssertionError) as raised:
        nightlatch.assert_expired(ada, clock="idle")
    told = str(raised.value)
    assert told.startswith(f"session {ada.id} of ada has not expired by idle: it is active, with absolute 7:")
    assert "did not count as such: GET /api/unread" in told
    assert "the clock is moved forward by 10m" in told
    nightlatch.warp(minutes=5)
    with pytest.raises(AssertionError, match="is not active: it expired by idle"):
        nightlatch.assert_active(ada)
    with pytest.raises(AssertionError, match="has not expired by absolute: it expired by idle"):
        nightlatch.assert_expired(ada, clock="absolute")


def test_an_end_by_hand_is_no_expiry(nightlatch: Nightlatch) -> None:
    ada = nightlatch.login(user="ada")
    assert nightlatch.end(ada).ended_by == "admin"
    with pytest.raises(AssertionError, match="has not expired: it was ended: admin"):
        nightlatch.assert_expired(ada)


@pytest.mark.nightlatch(idle="2h", policy="strict")
def test_the_mark_changes_the_policy_for_this_test(nightlatch: Nightlatch) -> None:
    assert nightlatch.session(nightlatch.login()).clocks["idle"].limit == 7200
    assert 'risk = "high"' in nightlatch.policy
    nightlatch.set_policy(nightlatch.policy.replace('"2h"', '"3h"'))


def test_and_for_this_test_only(nightlatch: Nightlatch) -> None:
    assert nightlatch.session(nightlatch.login()).clocks["idle"].limit == 900


@pytest.mark.nightlatch(policy='[concurrency]\nmax = 1\nthen = "refuse"\n')
def test_one_session_too_many_is_refused(nightlatch: Nightlatch) -> None:
    ada = nightlatch.login(user="ada")
    with pytest.raises(ControlError, match="ada has a live session already"):
        nightlatch.login(user="ada")
    assert [each.id for each in nightlatch.sessions] == [ada.id]


def test_an_empty_name_is_nobody(nightlatch: Nightlatch) -> None:
    with pytest.raises(ControlError, match="user"):
        nightlatch.login(user="")


@pytest.mark.nightlatch(rolling="1m")
def test_a_renewed_credential_is_followed(nightlatch: Nightlatch) -> None:
    ada = nightlatch.login(user="ada")
    first = ada.value
    for _ in range(3):
        nightlatch.warp(minutes=2)
        assert nightlatch.ask("/", ada).status == 200
    assert ada.value != first
    nightlatch.assert_active(ada)


def test_who_and_what_there_is_not_is_said(nightlatch: Nightlatch) -> None:
    with pytest.raises(ControlError, match="no such session"):
        nightlatch.session("nobody")
    with pytest.raises(ValueError, match=r"there is no clock `ilde`; there are idle, absolute"):
        nightlatch.assert_expired("nobody", clock="ilde")
