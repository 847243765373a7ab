from tests.replay.made import T0, exchange, observed, policy, rule
from tests.replay.test_simulate import BEARER
from tests.replay.tokens import jwt

from nightlatch.core.policy import SECOND
from nightlatch.replay.exchange import Exchange
from nightlatch.replay.lifetimes import Lifetime, lifetimes, users
from nightlatch.replay.replaying import Replayed


def lived(replayed: Replayed) -> list[Lifetime]:
    return list(lifetimes(replayed.outcomes[0].simulation, replayed.timeline.ends))


def at(seconds: float) -> int:
    return round((T0 + seconds) * SECOND)


def test_every_generation_has_its_own_life() -> None:
    first, second = lived(observed([exchange(0), exchange(50), exchange(200)], policy(100, None)))
    assert (first.started_at, first.last_active_at, first.ends_at) == (at(0), at(50), at(150))
    assert (first.clock, first.limit, first.rule, first.relogin) == ("idle", 100 * SECOND, None, False)
    assert first.exposure == 100 * SECOND
    assert (second.started_at, second.ends_at, second.relogin) == (at(200), at(300), True)
    assert second.exposure == 0
    assert second.credential == first.credential == first.session


def test_what_never_ends_has_no_end() -> None:
    (one,) = lived(observed([exchange(0), exchange(50, cookie=None)], policy(None, None)))
    assert (one.ends_at, one.clock, one.limit) == (None, None, None)
    assert one.exposure == 50 * SECOND


def test_the_rule_that_ended_it_is_named() -> None:
    tight = policy(1000, None, rule("tight", "/tight", 100, None))
    first, *_ = lived(observed([exchange(0), exchange(200, "/tight")], tight))
    assert (first.ends_at, first.rule) == (at(200), "tight")


def token(at: float, **claims: int) -> Exchange:
    return exchange(at, cookie=None, Authorization=f"Bearer {jwt(sub='ada', sid='s', **claims)}")


def test_a_token_that_runs_out_first_ends_it() -> None:
    replayed = observed([token(0, iat=0, exp=100), exchange(500)], policy(1000, None), key=BEARER)
    (one,) = lived(replayed)
    assert (one.ends_at, one.clock) == (at(130), "token")
    assert users(replayed.outcomes[0].simulation) == {one.credential: "ada"}


def test_who_only_polling_kept_alive_is_told() -> None:
    polls = [exchange(30 * n, "/poll") for n in range(40)]
    kept, other = lived(observed([*polls, exchange(1, cookie="b")], policy(600, None)))
    assert (kept.kept_alive, other.kept_alive) == (True, False)
    assert users(observed(polls).outcomes[0].simulation) == {}
