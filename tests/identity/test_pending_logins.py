"""States: one a login, good once and for a while, bounded, and nobody else's."""

import pytest

from nightlatch.core.demands import Demand
from nightlatch.identity import pending_logins
from nightlatch.identity.pending_logins import GOOD_FOR, MOST_OF_A_BROWSER, Begun, PendingLogins, belongs, tag_of


class At:
    """A clock that is never set."""

    now = 1_000

    def __call__(self) -> int:
        return self.now


def begun(logins: PendingLogins, path: str = "/") -> Begun:
    return logins.begin(
        site="http://app", redirect_uri="http://g/cb", return_to=path, demand=Demand(), started=1, spent=None
    )


def test_a_state_is_good_once() -> None:
    logins = PendingLogins(At())
    login, _ = begun(logins, "/x")
    assert logins.look(login.state) == login == logins.take(login.state)
    assert logins.look(login.state) is logins.take(login.state) is logins.look("made up") is None


def test_a_state_is_good_for_a_while() -> None:
    clock = At()
    logins = PendingLogins(clock)
    login, _ = begun(logins)
    clock.now += GOOD_FOR - 1
    assert logins.look(login.state) == login
    clock.now += 1
    assert logins.look(login.state) is None


def test_nothing_can_be_guessed_and_nothing_is_used_twice() -> None:
    logins = PendingLogins()
    made = [begun(logins) for _ in range(20)]
    values = {text for login, secret in made for text in (login.state, login.nonce, login.verifier, secret)}
    assert len(values) == 80
    assert min(map(len, values)) >= 32
    assert all(43 <= len(login.verifier) <= 128 for login, _ in made)


def test_only_the_browser_that_began_it() -> None:
    logins = PendingLogins()
    (mine, secret), (_, other) = begun(logins), begun(logins)
    assert belongs(mine, secret)
    assert not belongs(mine, other) and not belongs(mine, "") and not belongs(mine, "\ud800")


def test_there_is_a_bound_and_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending_logins, "MOST", 5)
    logins = PendingLogins(At())
    made = [begun(logins).login for _ in range(8)]
    assert len(logins) == 5
    assert [logins.look(login.state) is not None for login in made] == [False] * 3 + [True] * 5


def test_what_is_over_goes_first() -> None:
    clock = At()
    logins = PendingLogins(clock)
    begun(logins)
    clock.now += GOOD_FOR
    begun(logins)
    assert len(logins) == 1


def test_a_browsers_cookies_are_bounded_too() -> None:
    clock = At()
    logins = PendingLogins(clock)
    tags = []
    for _ in range(MOST_OF_A_BROWSER + 2):
        clock.now += 1
        tags.append(begun(logins).login.tag)
    assert logins.surplus(tags[:3]) == []
    assert logins.surplus(reversed(tags)) == tags[:3]
    gone = tag_of("gone")
    assert logins.surplus([tags[0], gone, tags[1]]) == [gone]
