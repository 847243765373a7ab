"""Requests arrive at a live target as they were captured, with its own cookies, each when it is due."""

import asyncio
from collections.abc import Sequence
from typing import Any

from tests.replay.made import exchange
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from nightlatch.replay.rerun.captured import Answer, Sent
from nightlatch.replay.rerun.plan import Plan, Step
from nightlatch.replay.rerun.sending import Outcome, rerun

PROD = "https://prod.test"
AT = 1_704_099_600_000_000


class Target(RequestHandler):
    """Sets a session at /login, else echoes what it got into its list."""

    def initialize(self, got: list[Any]) -> None:
        self.got = got

    def prepare(self) -> None:
        self.got.append(self.request)
        if self.request.path == "/login":
            self.set_cookie("sid", "fresh")
            self.redirect("/home")
        else:
            self.finish("ok")


def _step(sent: Sent, at: int = 0, session: str = "s") -> Step:
    return Step(at, session, exchange(0), sent)


def _sent(method: str, target: str, status: int = 200, body: bytes = b"", **fields: str) -> Sent:
    named = tuple((name.replace("_", "-"), value) for name, value in fields.items())
    return Sent(method, target, named, body, Answer(status, AT))


def _rerun(steps: Sequence[Step], **how: Any) -> tuple[list[Outcome], list[Any], list[int]]:
    got, due = list[Any](), list[int]()

    async def pace(at: int) -> None:
        due.append(at)

    async def all_of_it() -> list[Outcome]:
        socket, port = bind_unused_port()
        server = HTTPServer(Application([(".*", Target, {"got": got})]))
        server.add_socket(socket)
        target = how.pop("target", f"http://127.0.0.1:{port}")
        plan = Plan(tuple(steps), {}, PROD)
        try:
            return [outcome async for outcome in rerun(plan, target, pace, lambda: AT, **how)]
        finally:
            server.stop()
            await server.close_all_connections()

    return asyncio.run(all_of_it()), got, due


def test_word_for_word_but_for_what_belongs_to_the_connection() -> None:
    fields: dict[str, Any] = {
        "host": "prod.test",
        "content_length": "4",
        "accept_encoding": "gzip",
        "x_a": "b",
        "cookie": "sid=a; t=d",
    }
    sent = _sent("POST", "/save?q=1", body=b"body", origin=PROD, referer=f"{PROD}/form?x", **fields)
    (outcome,), (request,), _ = _rerun([_step(sent)])
    assert (request.method, request.uri, request.body) == ("POST", "/save?q=1", b"body")
    assert request.headers["X-A"] == "b"
    assert request.headers["Cookie"] == "sid=a; t=d"
    assert request.headers["Host"].startswith("127.0.0.1:")
    assert request.headers["Origin"] == f"http://{request.headers['Host']}"
    assert request.headers["Referer"] == f"http://{request.headers['Host']}/form?x"
    assert "Accept-Encoding" not in request.headers
    assert (outcome.status, outcome.differs) == (200, ())


def test_a_login_at_the_target_is_that_persons_from_then_on_and_no_redirect_is_followed() -> None:
    steps = [
        _step(_sent("GET", "/login", 302, cookie="sid=old")),
        _step(_sent("GET", "/a", cookie="sid=old"), 10, "s"),
        _step(_sent("GET", "/b", cookie="sid=other"), 20, "another"),
    ]
    outcomes, got, due = _rerun(steps)
    assert [request.headers["Cookie"] for request in got] == ["sid=old", "sid=fresh", "sid=other"]
    assert due == [0, 10, 20]
    assert outcomes[0].differs == ("location /home, was none", "cookie sid set, was not set")


def test_fields_that_are_given_take_the_place_of_the_captured_ones() -> None:
    _, (request,), _ = _rerun([_step(_sent("GET", "/", cookie="sid=a"))], replaced=[("Cookie", "mine=1")])
    assert request.headers.get_list("Cookie") == ["mine=1"]


def test_a_difference_and_a_target_that_is_not_there() -> None:
    (outcome,), _, _ = _rerun([_step(_sent("GET", "/", 401))])
    assert outcome.differs == ("status 200, was 401",)
    socket, port = bind_unused_port()
    socket.close()
    (outcome,), got, _ = _rerun([_step(_sent("GET", "/"))], target=f"http://127.0.0.1:{port}")
    assert outcome.status == 0
    assert outcome.differs[0].startswith("no answer: ")
    assert got == []
