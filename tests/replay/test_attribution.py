import pytest

from nightlatch.core.policy import SECOND
from nightlatch.replay.attribution import LooksLike, looks_like


@pytest.mark.parametrize(
    ("method", "path", "every", "kind"),
    [
        ("GET", "/api/news", 30, "poll"),
        ("GET", "/api/news", None, "person"),
        ("GET", "/api/ping", 30, "heartbeat"),
        ("GET", "/shopping/cart", 30, "poll"),
        ("GET", "/session/keep-alive", 30, "heartbeat"),
        ("HEAD", "/", 30, "heartbeat"),
        ("POST", "/presence", 30, "heartbeat"),
        ("POST", "/events", 30, "heartbeat"),
        ("POST", "/api/poll", 30, "poll"),
        ("POST", "/graphql", 30, "poll"),
        ("POST", "/api/ping", None, "person"),
        ("POST", "/oauth/token", None, "refresh"),
        ("GET", "/auth/refresh", None, "person"),
        ("GET", "/auth/refresh", 300, "refresh"),
    ],
)
def test_by_rhythm_and_name(method: str, path: str, every: int | None, kind: str) -> None:
    gap = None if every is None else every * SECOND
    assert looks_like(method, path, {}, 9, gap) == kind


def test_the_shape_of_half_of_the_requests_comes_first() -> None:
    assert looks_like("GET", "/x", {LooksLike.STREAM: 5}, 10, SECOND) == "stream"
    assert looks_like("GET", "/x", {LooksLike.STREAM: 4}, 10, SECOND) == "poll"
