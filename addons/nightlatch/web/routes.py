"""Everything that the control API answers, one line each. To add something, write its function and its line."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from nightlatch.web import (
    alerts,
    clock,
    decisions,
    events,
    explained,
    feed,
    health,
    login,
    metrics,
    openapi_route,
    policy,
    questions,
    sessions,
    shapes,
)
from nightlatch.web.asking import Answer, Ask
from nightlatch.web.stream import Emitter


class Route(NamedTuple):
    """One method at one path. `{id}` in the path is one segment."""

    method: str
    path: str
    answer: Callable[[Ask], Awaitable[Answer]]
    gives: Any
    """The shape of the answer, for the OpenAPI document."""
    status: int = 200
    query: type = questions.Nothing
    body: type | None = None
    refuses: tuple[int, ...] = ()
    """Statuses of errors of its own, besides those that any route may have."""
    stream: Callable[[Ask, Emitter], Awaitable[None]] | None = None
    """The same as server-sent events, for `Accept: text/event-stream`."""
    media: str = "application/json"
    """The media type of the answer."""
    open: bool = False
    """Without the token: tells nothing that a stranger may not know."""


ROUTES = (
    Route("GET", "/livez", health.alive, shapes.Status, open=True),
    Route("GET", "/readyz", health.ready, shapes.Status, open=True),
    Route("GET", "/version", health.version, shapes.Versions),
    Route("GET", "/metrics", metrics.scrape, str, media="text/plain"),
    Route("GET", "/openapi.json", openapi_route.show, dict[str, Any], open=True),
    Route("GET", "/sessions", sessions.listed, list[shapes.Session], query=questions.SessionsQuery),
    Route("DELETE", "/sessions", sessions.end_all_of, shapes.Ended, query=questions.SubjectQuery),
    Route("GET", "/sessions/{id}", sessions.one, shapes.Session, refuses=(404,)),
    Route("DELETE", "/sessions/{id}", sessions.end, shapes.Session, refuses=(404,)),
    Route("GET", "/sessions/{id}/explain", explained.explain, shapes.Explanation, refuses=(404,)),
    Route("GET", "/decisions", decisions.listed, list[shapes.Decision], query=questions.DecisionsQuery),
    Route("GET", "/events", events.listed, list[shapes.Event], query=questions.EventsQuery, stream=events.streamed),
    Route("GET", "/live", feed.only_streamed, dict[str, Any], stream=feed.streamed, refuses=(406,)),
    Route("GET", "/alerts", alerts.listed, list[shapes.Alert], query=questions.AlertsQuery),
    Route("GET", "/clock", clock.show, shapes.Clock),
    Route("POST", "/clock/advance", clock.advance, shapes.Clock, body=questions.Advance, refuses=(409,)),
    Route("POST", "/clock/freeze", clock.freeze, shapes.Clock, refuses=(409,)),
    Route("POST", "/clock/resume", clock.resume, shapes.Clock, refuses=(409,)),
    Route("POST", "/reset", clock.reset, shapes.Clock),
    Route("POST", "/login", login.log_in, shapes.Cookie, status=201, body=questions.Who, refuses=(409,)),
    Route("GET", "/policy", policy.show, shapes.Policy),
    Route("PUT", "/policy", policy.replace, shapes.Policy, body=questions.NewPolicy, refuses=(412, 422)),
    Route("POST", "/policy/preview", policy.preview, shapes.Preview, body=questions.NewPolicy, refuses=(422,)),
)
