import pytest
from tests.replay.made import BY_COOKIE, exchange

from nightlatch.core.policy import SECOND
from nightlatch.replay.exchange import Exchange
from nightlatch.replay.presented import Presenter
from nightlatch.replay.routes import Routes, is_steady


def routes(*exchanges: Exchange) -> dict[str, str]:
    found = Routes(sorted(exchanges, key=lambda each: each.at), Presenter(BY_COOKIE)).routes
    return {route.route: route.looks_like for route in found}


def every(seconds: float, times: int, path: str = "/api/poll", start: float = 0, cookie: str = "a") -> list[Exchange]:
    return [exchange(start + n * seconds, path, cookie) for n in range(times)]


def test_a_steady_rhythm_is_polling_from_five_requests_on() -> None:
    assert routes(*every(30, 5)) == {"GET /api/poll": "poll"}
    assert routes(*every(30, 4)) == {"GET /api/poll": "person"}


def test_the_rhythm_is_that_of_one_session() -> None:
    assert routes(*every(60, 3), *every(60, 3, start=30, cookie="b")) == {"GET /api/poll": "person"}
    assert routes(*every(60, 3), *every(45, 9, start=7, cookie="b")) == {"GET /api/poll": "poll"}


@pytest.mark.parametrize(
    ("times", "steady"),
    [
        ([0, 30, 60, 90, 120], True),
        ([0, 31, 59, 92, 119, 150], True),
        ([0, 30, 60, 900, 930, 960, 990], True),
        ([0, 4, 60, 61, 300, 310], False),
        ([0, 0, 0, 0, 0, 0], False),
        ([0, 0.1, 0.2, 0.3, 0.4], False),
        ([0, 3600, 7200, 10800, 14400], False),
        ([], False),
    ],
)
def test_what_is_steady(times: list[float], steady: bool) -> None:
    assert is_steady([round(at * SECOND) for at in times]) is steady


@pytest.mark.parametrize(
    ("made", "looks_like"),
    [
        (exchange(0, method="OPTIONS", Origin="https://x", Access_Control_Request_Method="PUT"), "preflight"),
        (exchange(0, Accept="text/event-stream"), "stream"),
        (exchange(0, streamed=True), "stream"),
        (exchange(0, Upgrade="websocket"), "stream"),
        (exchange(0, "/oauth/token", method="POST"), "refresh"),
        (exchange(0, "/api/auth/refresh", method="POST"), "refresh"),
        (exchange(0, "/refresh", method="GET"), "person"),
        (exchange(0, "/tokens", method="POST"), "person"),
    ],
)
def test_shapes(made: Exchange, looks_like: str) -> None:
    assert list(routes(made).values()) == [looks_like]


def test_the_busiest_come_first_and_which_poll_is_told() -> None:
    exchanges = [*every(30, 6), exchange(1, "/x"), exchange(2, "/x"), exchange(3, "/a")]
    found = Routes(exchanges, Presenter(BY_COOKIE))
    assert [(route.route, route.requests) for route in found.routes] == [
        ("GET /api/poll", 6),
        ("GET /x", 2),
        ("GET /a", 1),
    ]
    assert found.polling
    assert found.polls(exchanges[0].request)
    assert not found.polls(exchanges[-1].request)
    assert not Routes([exchange(0)], Presenter(BY_COOKIE)).polling
