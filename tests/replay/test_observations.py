from collections.abc import Iterable

from tests.replay.made import T0, exchange, observed, policy, rule
from tests.replay.test_simulate import BEARER
from tests.replay.tokens import jwt

from nightlatch.core.policy import SECOND, Policy
from nightlatch.replay.exchange import Exchange
from nightlatch.replay.observations import Observations, lost_by_people

MORNING = [
    exchange(0, "/form"),
    exchange(50, "/poll"),
    exchange(200, "/save", method="POST", position=7, size=12),
    exchange(210, "/form"),
]


def seen(exchanges: Iterable[Exchange], under: Policy, *, relogin: bool = True) -> Observations:
    found = observed(exchanges, under, relogin=relogin).outcomes[0].observed
    assert found is not None
    return found


def test_a_lost_write_tells_what_was_lost() -> None:
    found = seen(MORNING, policy(100, None, passive="/poll"))
    (lost,) = found.lost_writes
    assert (lost.route, lost.exchange.position, lost.exchange.size) == ("POST /save", 7, 12)
    assert lost.form == 200 * SECOND
    assert lost.by_person
    assert lost_by_people(found) == 1
    assert lost_by_people(None) == 0
    assert (lost.verdict.clock, lost.verdict.limit, lost.verdict.elapsed) == ("idle", 100 * SECOND, 200 * SECOND)


def test_a_form_that_was_never_seen_has_no_age() -> None:
    found = seen([exchange(0, method="POST"), exchange(200, "/save", method="POST")], policy(100, None))
    assert [each.form for each in found.lost_writes] == [None]


def test_the_page_on_which_somebody_logged_in_again_is_where_a_form_begins() -> None:
    exchanges = [exchange(0), exchange(200, "/form"), exchange(400, "/save", method="POST")]
    assert [each.form for each in seen(exchanges, policy(100, None)).lost_writes] == [200 * SECOND]


def test_by_rule_and_by_route() -> None:
    found = seen(MORNING, policy(1000, None, rule("save", "/save", 100, None), passive="/poll"))
    assert set(found.rules) == {None, "save"}
    assert found.rules["save"].verdicts == {"expired": 1}
    assert (found.rules["save"].relogins, found.rules["save"].lost_writes) == (1, 1)
    assert found.rules[None].verdicts == {"allow": 3}
    assert (found.rules[None].relogins, found.rules[None].lost_writes) == (0, 0)
    assert found.routes["GET /form"].verdicts == {"allow": 2}
    assert found.routes["POST /save"].relogins == 1


def test_a_session_is_cut_once_and_by_whom_it_was_noticed() -> None:
    exchanges = [exchange(0), exchange(150, "/poll"), exchange(160, "/poll"), exchange(170)]
    found = seen(exchanges, policy(100, None, passive="/poll"))
    (cut,) = found.cuts.values()
    assert (cut.exchange.at, cut.by_person) == ((T0 + 150) * SECOND, False)
    assert found.routes["GET /"].relogins == 1
    assert found.routes["GET /poll"].relogins == 0
    assert [each for _, each in found.decided] == [cut.session] * 4
    assert [kind for kind, _ in found.decided] == ["allow", *["expired"] * 3]


def test_new_people_are_no_relogins() -> None:
    exchanges = [exchange(0), exchange(150, "/poll"), exchange(151, cookie="b"), exchange(152, "/poll")]
    found = seen(exchanges, policy(100, None, passive="/poll"))
    assert sum(tally.relogins for tally in found.routes.values()) == 0


def test_user_days_count_who_was_there_each_day() -> None:
    day = 86_400
    there = [exchange(0), exchange(10), exchange(day), exchange(0, cookie="b"), exchange(2 * day, "/poll")]
    found = seen(there, policy(1000, None, passive="/poll"))
    assert found.user_days({}) == 3
    assert seen(there, policy(1000, None, passive="/poll"), relogin=False).user_days({}) == 3
    assert found.user_days(dict.fromkeys(found.marks, "ada")) == 2


def test_the_same_person_with_two_tokens_is_one() -> None:
    tokens = [jwt(sub="ada", iat=0, exp=900, sid=name) for name in ("one", "two")]
    exchanges = [exchange(n, cookie=None, Authorization=f"Bearer {token}") for n, token in enumerate(tokens)]
    (outcome,) = observed(exchanges, key=BEARER).outcomes
    assert outcome.observed is not None
    assert len(outcome.observed.marks) == 2
    assert outcome.user_days == 1


def test_public_requests_and_strangers_leave_no_mark() -> None:
    exchanges = [exchange(0, "/open"), exchange(1, cookie=None)]
    found = seen(exchanges, policy(10, 10, rule("open", "/open", public=True)))
    assert found.marks == {}
    assert [kind for kind, _ in found.decided] == ["public", "login"]


def test_marks_tell_activity_and_timers() -> None:
    exchanges = [*(exchange(30 * n, "/poll") for n in range(6)), exchange(301)]
    (marks,) = seen(exchanges, policy(None, None)).marks.values()
    assert [mark & 3 for mark in marks] == [3] * 6 + [1]
    assert marks[6] // 4 == (T0 + 301) * SECOND


def test_what_a_timer_loses_nobody_typed() -> None:
    beats = [exchange(60 * n, "/beat", method="POST") for n in range(8)]
    found = seen([*beats, exchange(1200, "/beat", method="POST")], policy(300, None))
    assert [each.by_person for each in found.lost_writes] == [False]
    assert lost_by_people(found) == 0


def test_a_poll_opens_no_page() -> None:
    polls = [exchange(30 * n, "/poll") for n in range(1, 9)]
    (lost,) = seen([exchange(0, "/form"), *polls, exchange(500, "/save", method="POST")], policy(100, None)).lost_writes
    assert lost.form == 500 * SECOND


def test_a_login_again_counts_once_however_many_refusals_follow() -> None:
    exchanges = [exchange(0), exchange(200), exchange(400, "/quiet"), exchange(410, "/quiet")]
    found = seen(exchanges, policy(100, None, passive="/quiet"))
    assert {route: tally.relogins for route, tally in found.routes.items()} == {"GET /": 1, "GET /quiet": 0}
