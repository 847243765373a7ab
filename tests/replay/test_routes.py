import pytest
from tests.replay.made import BY_COOKIE, exchange

from nightlatch.core.policy import SECOND
from nightlatch.core.session import Session
from nightlatch.replay.exchange import Exchange, Recorded
from nightlatch.replay.presented import Presenter
from nightlatch.replay.routes import Routes, family


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


def test_one_person_who_clicks_like_clockwork_makes_no_poll() -> None:
    people = [
        each
        for number in range(9)
        for each in (exchange(at, "/x", str(number)) for at in (0, 3 + number, 70, 95 + number, 400, 401))
    ]
    assert routes(*people, *every(30, 6, "/x", cookie="steady")) == {"GET /x": "person"}


def test_routes_that_differ_by_an_identifier_have_one_rhythm() -> None:
    jobs = [each for n in range(3) for each in every(10, 2, f"/jobs/{n}/status", start=20 * n)]
    found = Routes(jobs, Presenter(BY_COOKIE)).routes
    assert [(route.route, route.looks_like, route.every) for route in found] == [
        (f"GET /jobs/{n}/status", "poll", 10 * SECOND) for n in range(3)
    ]


@pytest.mark.parametrize(
    ("path", "like"),
    [
        ("/a/1/b", "/a/*/b"),
        ("/", "/"),
        ("/v2/x", "/v2/x"),
        ("/u/0b3e8f3c-9a7d-4a66-8a5e-1c2d3e4f5a6b", "/u/*"),
        ("/s/AbCdEfGh1234567890XyZ", "/s/*"),
        ("/a-long-word-without-a-number", "/a-long-word-without-a-number"),
    ],
)
def test_families_of_routes(path: str, like: str) -> None:
    assert family(path) == like


def test_what_most_of_its_requests_look_like_a_route_looks_like() -> None:
    ahead = [exchange(n * 7.0 + n * n, "/page", Sec_Purpose="prefetch;prerender") for n in range(3)]
    assert routes(*ahead, exchange(99, "/page")) == {"GET /page": "prefetch"}
    assert routes(ahead[0], *(exchange(n * n, "/page") for n in range(4))) == {"GET /page": "person"}


def test_recordings_tell_sessions_apart_by_themselves() -> None:
    def told(at: float, session: str) -> Exchange:
        who = first_session(session)
        return exchange(at, "/x", None, recorded=Recorded(who, None, "allow", "live"))

    apart = [each for n in range(4) for each in (told(60.0 * n, "a"), told(60.0 * n + 30, "b"))]
    assert routes(*apart) == {"GET /x": "person"}
    assert routes(*(told(30.0 * n, "a") for n in range(8))) == {"GET /x": "poll"}


def first_session(name: str) -> Session:
    return Session(name, "s", None, "recording", 1, 1, 1, 1)


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
        (exchange(0, Sec_Purpose="prefetch"), "prefetch"),
        (exchange(0, Purpose="prefetch"), "prefetch"),
        (exchange(0, X_Moz="prefetch"), "prefetch"),
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
