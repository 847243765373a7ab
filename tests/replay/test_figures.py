from tests.replay.made import exchange, judged, policy, rule
from tests.replay.test_simulate import BEARER
from tests.replay.tokens import jwt

from nightlatch.replay.exchange import Exchange


def polling(until: int, start: int = 0, cookie: str = "a") -> list[Exchange]:
    return [exchange(start + seconds, "/api/poll", cookie) for seconds in range(30, until, 30)]


def kept(exchanges: list[Exchange], idle: int, **more: str) -> int:
    count = judged(exchanges, policy(idle, None, **more))[0]["kept_alive_by_polling"]
    assert isinstance(count, int)
    return count


def test_a_session_that_only_polling_kept_alive() -> None:
    away = [exchange(0), *polling(700)]
    assert kept(away, 600) == 1
    assert kept(away, 691) == 0
    assert kept([exchange(0), *polling(600)], 600) == 0
    assert kept(away, 600, passive="/api/poll") == 0


def test_a_person_who_is_there_is_not_kept_alive() -> None:
    there = [exchange(0), *polling(700), exchange(301, "/x"), exchange(590, "/x")]
    assert kept(there, 400) == 0
    assert kept(there, 290) == 1


def test_every_session_counts_once() -> None:
    assert kept([exchange(0), *polling(3000), exchange(0, cookie="b"), *polling(900, cookie="b")], 600) == 2


def test_what_ended_by_another_clock_was_not_kept_alive() -> None:
    away = [exchange(0), *polling(700)]
    assert judged(away, policy(600, 300))[0]["kept_alive_by_polling"] == 0


def test_lost_writes_are_what_would_have_changed_something() -> None:
    methods = ["POST", "PUT", "DELETE", "PATCH", "GET", "HEAD", "OPTIONS"]
    late = [exchange(100 + n, "/x", method=method) for n, method in enumerate(methods)]
    assert judged([exchange(0), *late], policy(100, None), relogin=False)[0]["lost_writes"] == 4
    assert judged([exchange(0), *late], policy(None, None))[0]["lost_writes"] == 0


def exposure(exchanges: list[Exchange], idle: int | None, absolute: int | None) -> int:
    seconds = judged(exchanges, policy(idle, absolute))[0]["exposure_seconds"]
    assert isinstance(seconds, int)
    return seconds


def test_exposure_runs_from_the_last_activity_to_the_end_or_the_end_of_the_capture() -> None:
    other = [exchange(500, cookie="b")]
    assert exposure([exchange(0), *other], 300, None) == 300
    assert exposure([exchange(0), exchange(100), *other], None, 250) == 150
    assert exposure([exchange(0), *other], 900, None) == 500
    assert exposure([exchange(0), *other], None, None) == 500
    assert exposure([exchange(0)], 300, None) == 0
    assert exposure([exchange(0), exchange(400), *other], 300, None) == 300 + 100
    assert exposure([exchange(0, takes=200), *other], 250, None) == 250
    assert exposure([exchange(0, takes=9999), *other], 9999, 300) == 0


def test_exposure_ends_with_the_token() -> None:
    token = exchange(0, cookie=None, Authorization=f"Bearer {jwt(sub='a', iat=0, exp=100)}")
    other = exchange(500, cookie=None, Authorization="Bearer x")
    figures, _ = judged([token, other], policy(1000, None), key=BEARER)
    assert figures["exposure_seconds"] == 130


def test_a_rule_that_ended_a_session_ended_its_exposure() -> None:
    tight = policy(1000, None, rule("tight", "/tight", 100, None))
    exchanges = [exchange(0), exchange(200, "/tight"), exchange(900, cookie="b")]
    assert judged(exchanges, tight, relogin=False)[0]["exposure_seconds"] == 200


def test_expired_requests_are_counted_by_clock() -> None:
    exchanges = [exchange(0), exchange(100), exchange(101), exchange(301)]
    figures, _ = judged(exchanges, policy(100, 300), relogin=False)
    assert figures["expired_by"] == {"idle": 3, "absolute": 0, "token": 0}
    assert sum(figures["verdicts"].values()) == 4
    assert sum(figures["expired_by"].values()) == figures["verdicts"]["expired"]
