"""Sends the steps of a plan to a live target, one after the other, each when it is due, and compares the answers.

The waiting is the pace's work: in real time, faster, or by moving the clock of a guard in between.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from tornado.httpclient import HTTPRequest, HTTPResponse
from tornado.httputil import HTTPHeaders
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from nightlatch.replay.rerun.captured import Answer, Fields, Sent
from nightlatch.replay.rerun.comparing import differences
from nightlatch.replay.rerun.jar import Jar
from nightlatch.replay.rerun.plan import Plan, Step

PATIENCE = 30.0
"""Seconds until a target that does not answer is given up on."""

Pace = Callable[[int], Awaitable[None]]
"""Waits until so many microseconds after the first request, on the clock of the capture."""

_OWN = frozenset(
    ("host", "content-length", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "cookie")
) | {"proxy-authorization", "proxy-connection", "accept-encoding", "expect"}
"""Header fields of the connection, or that are made anew."""

_SITE = frozenset(("origin", "referer"))


class Outcome(NamedTuple):
    """One request and what came of it. `status` is 0 where no answer came; `differs` tells how it is different."""

    step: Step
    status: int
    differs: tuple[str, ...]


async def rerun(
    plan: Plan, target: str, pace: Pace, wall: Callable[[], int], replaced: Iterable[tuple[str, str]] = ()
) -> AsyncIterator[Outcome]:
    """Send every step of `plan`.

    Args:
        target: the origin that gets them, without a slash at the end.
        pace: waits for the time of each.
        wall: the wall clock, microseconds.
        replaced: header fields that every request gets in place of its own.
    """
    client, jars, origins = SimpleAsyncHTTPClient(force_instance=True), dict[str, Jar](), (plan.origin, target)
    try:
        for step in plan.steps:
            await pace(step.at)
            jar = jars.setdefault(step.session, Jar())
            try:
                response = await client.fetch(_request(step.sent, jar, origins, tuple(replaced)), raise_error=False)
            except (OSError, ValueError) as reason:
                yield Outcome(step, 0, (f"no answer: {reason}",))
                continue
            answer = _answer(response, wall())
            jar.answered(answer.set_cookies, answer.at)
            failed = (f"no answer: {response.error}",) if response.code == 599 else ()
            yield Outcome(step, answer.status, failed or differences(step.sent.answer, answer, origins))
    finally:
        client.close()


def _request(sent: Sent, jar: Jar, origins: tuple[str, str], replaced: Fields) -> HTTPRequest:
    instead = {name.lower() for name, _ in replaced}
    headers = HTTPHeaders()
    for name, value in sent.fields:
        if name not in _OWN and name not in instead and not name.startswith(":"):
            headers.add(name, _at_target(value, origins) if name in _SITE else value)
    cookies = jar.line("; ".join(value for name, value in sent.fields if name == "cookie"))
    if cookies and "cookie" not in instead:
        headers.add("Cookie", cookies)
    for name, value in replaced:
        headers.add(name, value)
    return HTTPRequest(
        origins[1] + sent.target,
        sent.method,
        headers,
        sent.body if sent.body or sent.method in ("POST", "PUT", "PATCH") else None,
        allow_nonstandard_methods=True,
        follow_redirects=False,
        decompress_response=False,
        connect_timeout=PATIENCE,
        request_timeout=PATIENCE,
    )


def _at_target(value: str, origins: tuple[str, str]) -> str:
    """An address of the recorded site as one of the target, so that it takes the request for one of its own pages."""
    url = urlsplit(value)
    return origins[1] + value[len(origins[0]) :] if f"{url.scheme}://{url.netloc}".lower() == origins[0] else value


def _answer(response: HTTPResponse, at: int) -> Answer:
    return Answer(
        response.code, at, response.headers.get("Location", ""), tuple(response.headers.get_list("Set-Cookie"))
    )
