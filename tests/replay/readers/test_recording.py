import json
from typing import Any

import pytest

from nightlatch.core.policy import SECOND
from nightlatch.core.recording import exchange_line, header_line
from nightlatch.core.request import RequestView
from nightlatch.core.session import End, Session, ended
from nightlatch.core.verdict import Clock, Kind, Verdict
from nightlatch.replay.exchange import CaptureUnreadable
from nightlatch.replay.readers.recording import read_recording
from nightlatch.replay.readers.views import Views

SESSION = Session("s1", "http://up.test", "ada", "nightlatch", 1, 2, 3, 1, 2, 4, ("g",), ("pwd",), "1")
REQUEST = RequestView("POST", "app.test", "/a", "q=1", {"accept": ("x/y",), "x-quiet": ("1",)}, "10.0.0.1", True)


def line(session: Session | None, verdict: Verdict, **more: Any) -> dict[str, object]:
    made = exchange_line(
        REQUEST,
        origin="http://app.test:8080",
        at=1_700_000_000_000_001,
        duration=5,
        status=200,
        size=7,
        session=session,
        verdict=verdict,
        decision="d1",
    )
    return {**made, **more}


def text(*lines: dict[str, object]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in (header_line("http://up.test", "default"), *lines))


def test_what_the_guard_wrote_comes_back() -> None:
    (found,) = read_recording("x", text(line(SESSION, Verdict(Kind.ALLOW, "live"))), Views(["x-quiet"])).exchanges
    assert (found.at, found.duration, found.status, found.position) == (1_700_000_000_000_001, 5, 200, 0)
    assert found.request == REQUEST._replace(query="", headers={"accept": ("x/y",), "x-quiet": ("",)})
    assert found.origin == "http://app.test:8080"
    assert found.recorded is not None
    assert found.recorded.session == SESSION._replace(source="recording")
    assert (found.recorded.verdict, found.recorded.ended_at) == ("allow", None)
    assert found.size == 7


def test_an_end_and_its_reasons_come_back() -> None:
    gone = ended(SESSION, End(9, "logout"))
    verdict = Verdict(Kind.EXPIRED, "clock", None, Clock.TOKEN, 10, 12)
    (found,) = read_recording("x", text(line(gone, verdict)), Views()).exchanges
    assert found.recorded is not None
    assert (found.recorded.ended_at, found.recorded.clock) == (9, "token")
    assert (found.recorded.limit, found.recorded.elapsed) == (10, 12)


def test_lines_that_cannot_be_read_are_named_by_their_number() -> None:
    good = line(None, Verdict(Kind.LOGIN, "no_credential"))
    content = (
        text(good, {**good, "at": "noon"}, {**good, "url": "x"}, {**good, "verdict": "error"}, good) + b'{"at": "20'
    )
    capture = read_recording("x", content, Views())
    assert [found.position for found in capture.exchanges] == [0, 4]
    assert [skip.at for skip in capture.skipped] == ["line 3", "line 4", "line 5", "line 7"]
    assert "could not judge" in capture.skipped[2].why


def test_a_guard_that_went_on_with_it_has_a_site_of_its_own() -> None:
    """Each guard's lines are of its own site; a header is no entry, and one that is cut off costs nothing else."""
    allowed = line(SESSION, Verdict(Kind.ALLOW, "live"))
    first, again = text(allowed), text(allowed, allowed).replace(b"up.test", b"other.test")
    found = read_recording("x", first + b'{"schema": "nightl\n\n' + again, Views())
    sites = [each.recorded and each.recorded.session and each.recorded.session.site for each in found.exchanges]
    assert sites == ["http://up.test", "http://other.test", "http://other.test"]
    assert [each.position for each in found.exchanges] == [0, 2, 3]
    assert [skip.at for skip in found.skipped] == ["line 3"]


@pytest.mark.parametrize("first", [b"", b"{}", b'{"schema": "nightlatch.capture/2"}', b"x"])
def test_another_format_is_refused(first: bytes) -> None:
    with pytest.raises(CaptureUnreadable, match=r"^x: expected a recording of nightlatch"):
        read_recording("x", first + b"\n", Views())


def test_times_are_exact_to_the_microsecond() -> None:
    made = SESSION._replace(authenticated_at=1_700_000_000 * SECOND + 123_457)
    (found,) = read_recording("x", text(line(made, Verdict(Kind.ALLOW, "live"))), Views()).exchanges
    assert found.recorded is not None
    assert found.recorded.session is not None
    assert found.recorded.session.authenticated_at == 1_700_000_000 * SECOND + 123_457


@pytest.mark.parametrize("first", [b'{"schema":"\xed"', b'{"schema":' + b"[" * 20_000, b'{"schema":"nightlatch.\xf9"}'])
def test_a_first_line_that_is_nonsense_is_refused(first: bytes) -> None:
    with pytest.raises(CaptureUnreadable, match="x: expected a recording of nightlatch"):
        read_recording("x", first, Views())


def test_a_line_from_before_the_world_wide_web_is_left_out() -> None:
    good = json.loads(text(line(None, Verdict(Kind.LOGIN, "none"))).split(b"\n")[1])
    capture = read_recording("x", text({**good, "at": "0001-01-01T00:00:00Z"}, good), Views())
    assert len(capture.exchanges) == 1
    assert capture.skipped[0].why == "no time of a request: '0001-01-01T00:00:00Z'"
