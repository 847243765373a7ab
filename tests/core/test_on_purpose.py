"""Ends that are ordered for a moment: which request is the moment, and what the end looks like."""

import pytest
from tests.ledger.samples import T0, a_session

from nightlatch.core.decide import decide
from nightlatch.core.identity import Identity
from nightlatch.core.on_purpose import LARGE, Moment, end_on_purpose, expiry_event, is_download, strikes_at_once
from nightlatch.core.policy import HOUR, MINUTE, SECOND, Limits, Policy
from nightlatch.core.request import RequestView
from nightlatch.core.session import ended
from nightlatch.core.verdict import Clock, Kind

POLICY = Policy("test", "v1")


def asked(method: str = "GET") -> RequestView:
    return RequestView(method, "localhost", "/", "", {}, "")


@pytest.mark.parametrize(
    ("moment", "method", "refreshes", "struck"),
    [
        ("next-request", "GET", False, True),
        ("next-request", "POST", False, True),
        *(("next-write", method, False, False) for method in ("GET", "HEAD", "OPTIONS", "TRACE")),
        *(("next-write", method, False, True) for method in ("POST", "PUT", "PATCH", "DELETE", "PURGE")),
        ("while-refreshing", "GET", False, False),
        ("while-refreshing", "GET", True, True),
        ("next-write", "GET", True, False),
        *((moment, "POST", True, False) for moment in ("mid-upload", "mid-download", "between-preflight-and-request")),
    ],
)
def test_which_request_is_the_moment(moment: str, method: str, refreshes: bool, struck: bool) -> None:
    assert strikes_at_once(moment, asked(method), refreshes=refreshes) is struck


@pytest.mark.parametrize(
    ("length", "status", "download"),
    [
        (None, 200, True),
        (str(LARGE), 200, True),
        (str(LARGE - 1), 200, False),
        ("many", 200, False),
        (None, 204, False),
        (None, 304, False),
        (str(LARGE), 404, False),
        (str(LARGE), 206, True),
    ],
)
def test_what_is_a_download(length: str | None, status: int, download: bool) -> None:
    assert is_download(length, status) is download


@pytest.mark.parametrize(
    ("limits", "clock", "limit"),
    [
        (Limits(), Clock.IDLE, 30 * MINUTE),
        (Limits(idle=None), Clock.ABSOLUTE, 8 * HOUR),
        (Limits(idle=None, absolute=None), Clock.ABSOLUTE, 5 * SECOND),
    ],
)
def test_to_the_client_a_clock_ran_out(limits: Limits, clock: Clock, limit: int) -> None:
    session, now = a_session(), T0 + 5 * SECOND
    over = ended(session, end_on_purpose(session, limits, now))
    verdict = decide(Identity("nightlatch", b"f"), over, POLICY._replace(session=limits), asked(), now + SECOND)
    assert (verdict.kind, verdict.clock, verdict.limit) == (Kind.EXPIRED, clock, limit)
    assert verdict.elapsed is not None and verdict.elapsed >= limit and not verdict.forward_credential


def test_the_trail_says_that_it_was_ordered() -> None:
    session = a_session()
    end = end_on_purpose(session, Limits(), T0)
    event = expiry_event(session, end, Moment.NEXT_WRITE, "v1")
    assert (event.type, event.session, event.at) == ("session.expired", "s1", T0)
    assert event.detail["on_purpose"] == "next-write" and event.detail["clock"] == "idle"
