"""While an active exchange runs, its person is not absent; but for no longer than one idle limit (law 4)."""

from nightlatch.core.policy import HOUR, MINUTE, SECOND
from nightlatch.core.session import End, Session, ended
from nightlatch.proxy.active import ActiveExchanges, Exchange

NEW = Session("s", "http://app", "alice", "nightlatch", 0, 0, 0, 0)


def test_a_long_exchange_covers_the_time_it_takes() -> None:
    active = ActiveExchanges()
    active.begin("f", Exchange("s", 0, 30 * MINUTE))
    assert active.cover(NEW, 10 * MINUTE).last_active_at == 10 * MINUTE
    assert active.cover(NEW, 10 * MINUTE).gap == 0
    assert active.cover(NEW, 2 * HOUR).last_active_at == 30 * MINUTE


def test_a_short_one_does_not() -> None:
    active = ActiveExchanges()
    active.begin("f", Exchange("s", 0, 30 * MINUTE))
    assert active.cover(NEW, SECOND) == NEW


def test_only_its_own_session_and_only_while_it_runs() -> None:
    active = ActiveExchanges()
    active.begin("f", Exchange("s", 0, 30 * MINUTE))
    active.begin("g", Exchange("s", 5 * SECOND, 30 * MINUTE))
    other = NEW._replace(id="t")
    assert active.cover(other, MINUTE) == other
    assert active.finish("f") == Exchange("s", 0, 30 * MINUTE)
    assert active.sessions() == {"s"}
    assert active.finish("g") is not None
    assert active.finish("g") is None
    assert active.cover(NEW, MINUTE) == NEW
    assert not active.sessions()


def test_an_ended_session_is_not_revived() -> None:
    active = ActiveExchanges()
    active.begin("f", Exchange("s", 0, None))
    over = ended(NEW, End(1, "admin"))
    assert active.cover(over, MINUTE) == over
