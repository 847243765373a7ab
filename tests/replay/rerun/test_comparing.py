"""Answers compared: what counts as different, and what does not."""

import pytest

from nightlatch.replay.rerun.captured import Answer
from nightlatch.replay.rerun.comparing import differences

ORIGINS = ("https://prod.test", "http://localhost:8080")
AT = 1_704_099_600_000_000


@pytest.mark.parametrize(
    ("recorded", "now"),
    [
        (Answer(200, AT), Answer(200, AT)),
        (Answer(0, AT), Answer(200, AT)),
        (Answer(0, AT), Answer(302, AT, "/login", ("sid=; Max-Age=0",))),
        (Answer(302, AT, "https://prod.test/login?a=1"), Answer(302, AT, "http://localhost:8080/login?a=2")),
        (Answer(302, AT, "/login"), Answer(302, AT, "http://LOCALHOST:8080/login")),
        (Answer(200, AT, "", ("sid=old; Path=/",)), Answer(200, AT, "", ("sid=new; HttpOnly",))),
        (Answer(200, AT, "", ("sid=; Path=/",)), Answer(200, AT, "", ("sid=x; Max-Age=0",))),
    ],
)
def test_the_same(recorded: Answer, now: Answer) -> None:
    assert differences(recorded, now, ORIGINS) == ()


@pytest.mark.parametrize(
    ("recorded", "now", "told"),
    [
        (Answer(200, AT), Answer(401, AT), "status 401, was 200"),
        (Answer(302, AT, "/home"), Answer(302, AT, "/login"), "location /login, was /home"),
        (Answer(302, AT, "/a"), Answer(302, AT, "https://evil.test/a"), "location https://evil.test/a, was /a"),
        (Answer(302, AT, "/a"), Answer(302, AT), "location none, was /a"),
        (Answer(200, AT, "", ("a=1",)), Answer(200, AT), "cookie a not set, was set"),
        (Answer(200, AT, "", ("a=1",)), Answer(200, AT, "", ("a=; Max-Age=0",)), "cookie a deleted, was set"),
    ],
)
def test_different(recorded: Answer, now: Answer, told: str) -> None:
    assert differences(recorded, now, ORIGINS) == (told,)


def test_no_value_of_a_cookie_is_told() -> None:
    told = differences(Answer(200, AT, "", ("a=SECRET",)), Answer(500, AT, "/x", ("b=SECRET",)), ORIGINS)
    assert len(told) == 4
    assert "SECRET" not in repr(told)
