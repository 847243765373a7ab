import json
import sys
from pathlib import Path

import pytest
from scripts import office
from tests.replay.made import policy

from nightlatch.replay.readers.sniff import read_capture
from nightlatch.replay.replaying import run
from nightlatch.replay.session_key import SessionKey
from nightlatch.replay.timeline import timeline


def test_timers_and_people_of_the_office_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "office.har"
    monkeypatch.setattr(sys, "argv", ["office", "--people", "6", "--days", "1", str(file)])
    office.main()
    capture = read_capture(file, frozenset())
    assert not capture.skipped
    replayed = run(timeline([capture]), [policy()], SessionKey("cookie", "session"))
    looks = {route.route: str(route.looks_like) for route in replayed.routes.routes}
    assert looks["GET /api/notifications"] == "poll"
    assert looks["POST /api/presence"] == "heartbeat"
    assert looks["POST /oauth/token"] == "refresh"
    assert looks["GET /events"] == "stream"
    rest = {"GET /api/notifications", "POST /api/presence", "POST /oauth/token", "GET /events"}
    assert {kind for route, kind in looks.items() if route not in rest} == {"person"}


def test_the_same_seed_is_the_same_office() -> None:
    first, second, other = office.entries(2, 1, 5), office.entries(2, 1, 5), office.entries(2, 1, 6)
    assert json.dumps(first) == json.dumps(second)
    assert first != other
    times = [str(entry["startedDateTime"]) for entry in first]
    assert times == sorted(times)
