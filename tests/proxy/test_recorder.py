"""The recording: whole lines as they happen, for the owner only, without credentials."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.proxy.bench import OWN, SITE, Bench, a_flow, the
from tests.proxy.conftest import Benches

from nightlatch.core.recording import SCHEMA, header_line
from nightlatch.proxy.recorder import Recorder, RecordingUnusable


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "captures" / "monday.jsonl"


@pytest.fixture
def recorded(benches: Benches, capture: Path) -> Bench:
    return benches(record=str(capture))


def test_the_first_line_says_what_was_guarded(recorded: Bench, capture: Path) -> None:
    assert lines(capture) == [{"schema": SCHEMA, "site": SITE, "policy": "default"}]
    assert recorded.service.recorder is not None


def test_a_line_an_exchange_at_once_and_with_its_verdict(recorded: Bench, capture: Path) -> None:
    cookie = recorded.log_in()
    recorded.visit("/a", cookie=cookie)
    recorded.visit("/b")
    recorded.later(30)
    recorded.visit("/c", cookie=cookie)
    told = [(each["url"], each["status"], each["verdict"], each["clock"]) for each in lines(capture)[1:]]
    assert told == [
        ("http://localhost:8080/a", 200, "allow", None),
        ("http://localhost:8080/b", 302, "login", None),
        ("http://localhost:8080/c", 302, "expired", "idle"),
    ]
    assert lines(capture)[1]["session"] == recorded.session().id


def test_no_credential_and_no_query_is_in_it(recorded: Bench, capture: Path) -> None:
    cookie = recorded.log_in()
    secrets = {"Authorization": "Bearer s3cret", "X-Api-Key": "s3cret", "Referer": "http://localhost:8080/?t=s3cret"}
    recorded.visit("/a?token=s3cret", ("Set-Cookie", "sid=s3cret"), cookie=f"{cookie}; sid=s3cret", headers=secrets)
    recorded.visit("/a", cookie=f"{OWN}=s3cret")
    text = capture.read_text()
    assert len(lines(capture)) == 3 and "s3cret" not in text and cookie.partition("=")[2] not in text


def test_the_size_of_a_body_is_told_and_not_the_body(recorded: Bench, capture: Path) -> None:
    flow = recorded.enter(a_flow("/a", method="POST", cookie=recorded.log_in()), b"pin=1234")
    recorded.finish(recorded.answer(flow))
    assert lines(capture)[1]["size"] == 8 and "1234" not in capture.read_text()


def test_an_exchange_never_took_less_than_nothing(recorded: Bench, capture: Path) -> None:
    flow = recorded.ask(cookie=recorded.log_in())
    assert recorded.service.recorder is not None
    recorded.service.recorder.exchange(the(flow), ended_at=0, status=0, size=0)
    assert (lines(capture)[1]["duration_us"], lines(capture)[1]["status"]) == (0, 0)


def test_it_is_for_its_owner(recorded: Bench, capture: Path) -> None:
    assert capture.stat().st_mode & 0o777 == 0o600 and recorded.service.recorder is not None


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingUnusable, match="name another file"):
        Recorder(tmp_path, SITE, "default")


def test_then_the_guard_does_not_start(benches: Benches, tmp_path: Path) -> None:
    with pytest.raises(RecordingUnusable):
        benches(record=str(tmp_path))


@pytest.mark.parametrize("cut_off", ["", '{"at":"2026'])
def test_a_guard_that_is_started_again_goes_on_with_it(capture: Path, cut_off: str) -> None:
    Recorder(capture, SITE, "default").close()
    with capture.open("a") as file:
        file.write(cut_off)
    Recorder(capture, SITE, "strict").close()
    first, *torn, again = capture.read_text().splitlines()
    assert (json.loads(first), torn) == (header_line(SITE, "default"), [cut_off] if cut_off else [])
    assert json.loads(again) == header_line(SITE, "strict")


@pytest.mark.parametrize(
    "there", ['{"log":{"entries":[]}}\n', "[]\n", '{"schema":"nightlatch.capture/2"}\n', "\xff", "\n"]
)
def test_anything_else_stays_as_it_is(capture: Path, there: str) -> None:
    capture.parent.mkdir()
    capture.write_text(there, "latin-1")
    with pytest.raises(RecordingUnusable, match=r"monday\.jsonl: it is no recording; move it away"):
        Recorder(capture, SITE, "default")
    assert capture.read_text("latin-1") == there


def test_an_empty_file_and_what_is_no_file_are_written_to(capture: Path) -> None:
    capture.parent.mkdir()
    capture.touch()
    Recorder(capture, SITE, "default").close()
    Recorder(Path("/dev/null"), SITE, "default").close()
    assert lines(capture) == [header_line(SITE, "default")]


def test_messages_that_count_as_activity_are_in_it(recorded: Bench, capture: Path) -> None:
    """Else a replay would be stricter than the guard was: whoever only talks on a socket would seem absent."""
    flow = recorded.socket(recorded.log_in())
    recorded.later(10)
    assert recorded.say(flow) and recorded.say(flow, from_client=False)
    (line,) = lines(capture)[1:]
    told = {name: line[name] for name in ("url", "message", "verdict", "status", "size", "duration_us")}
    url = "http://localhost:8080/ws"
    assert told == {"url": url, "message": "client", "verdict": "allow", "status": 101, "size": 2, "duration_us": 0}
    assert line["last_active_at"] == line["at"] and "upgrade" not in line["headers"]
