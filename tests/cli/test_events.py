import json
import queue
import signal
import subprocess
import sys
import threading
from typing import IO, Any

import pytest
from tests.cli.bench import Bench, environment, nightlatch

from nightlatch.clock import wall_now
from nightlatch.core.events import EventType
from nightlatch.core.policy import HOUR, MINUTE
from nightlatch_cli.events import read_since


def test_the_oldest_comes_first_with_its_own_fields_in_seconds(bench: Bench) -> None:
    session = bench.session("aaaaaaaaaaaa")
    expired: dict[str, Any] = {"clock": "idle", "limit": 900_000_000, "elapsed": 1_312_999_999, "rule": "admin"}
    bench.record(bench.event(EventType.SESSION_EXPIRED, session, **expired))
    documents = [json.loads(line) for line in nightlatch("events", "--jsonl").stdout.splitlines()]
    assert [document["type"] for document in documents] == ["session.created", "session.expired"]
    last = documents[-1]
    assert (last["clock"], last["limit"], last["elapsed"], last["rule"]) == ("idle", 900, 1312, "admin")
    assert last["prev"] == documents[0]["hash"] and last["id"] == 2 and last["at"].endswith("Z")
    assert json.loads(nightlatch("events", "--json").stdout) == documents


def test_for_a_person_it_is_a_line_each(bench: Bench) -> None:
    assert nightlatch("events").stderr == "no events\n"
    session = bench.session("aaaaaaaaaaaa", subject="a\x1bd\na")
    bench.record(bench.event(EventType.SESSION_ENDED, session, reason="admin", rule=None, kept=False))
    lines = nightlatch("events").stdout.splitlines()
    assert len(lines) == 2 and lines[1].endswith("aaaaaaaaaaaa a?d?a kept=false reason=admin")


def test_types_and_families_choose(bench: Bench) -> None:
    session = bench.session()
    bench.record(bench.event(EventType.LOGIN_FAILED, session), bench.event(EventType.CLOCK_WARPED, session))
    chosen = nightlatch("events", "--type", "login", "--type", "session.created", "--json").stdout
    assert [document["type"] for document in json.loads(chosen)] == ["session.created", "login.failed"]
    unknown = nightlatch("events", "--type", "sesion.created")
    assert unknown.exit_code == 2 and "did you mean session.created?" in unknown.stderr


def test_since_chooses_by_age_or_instant(bench: Bench) -> None:
    now = wall_now()
    session = bench.session(started_at=now - HOUR)
    bench.record(bench.event(EventType.SESSION_EXTENDED, session, at=now - MINUTE))
    assert len(json.loads(nightlatch("events", "--since", "10m", "--json").stdout)) == 1
    assert len(json.loads(nightlatch("events", "--since", "2h", "--json").stdout)) == 2
    assert len(json.loads(nightlatch("events", "--since", "2999-01-01T00:00:00Z", "--json").stdout)) == 0
    assert len(json.loads(nightlatch("events", "--since", "off", "--json").stdout)) == 2


@pytest.mark.parametrize("since", ["ten minutes", "2026-13-01", "5"])
def test_since_is_nothing_else(bench: Bench, since: str) -> None:
    result = nightlatch("events", "--since", since)
    assert result.exit_code == 2 and "--since" in result.stderr


def test_since_is_on_nightlatchs_clock() -> None:
    assert read_since("10m", HOUR) == 50 * MINUTE
    assert read_since("", HOUR) is None


@pytest.mark.parametrize("flag", ["--json", "--jsonl"])
def test_follow_prints_what_is_there_and_then_what_comes(bench: Bench, flag: str) -> None:
    bench.session("aaaaaaaaaaaa")
    command = [sys.executable, "-m", "nightlatch_cli", "events", "--follow", flag, "--type", "session"]
    process = subprocess.Popen(
        [*command, "--ledger", str(bench.path)], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    lines: queue.Queue[bytes] = queue.Queue()
    assert process.stdout is not None and process.stderr is not None
    thread = threading.Thread(target=_copy, args=(process.stdout, lines))
    thread.start()
    assert json.loads(lines.get(timeout=30))["session"] == "aaaaaaaaaaaa"
    for name in ("bbbbbbbbbbbb", "cccccccccccc"):
        session = bench.session(name)
        bench.record(bench.event(EventType.LOGIN_FAILED, session))
        assert json.loads(lines.get(timeout=30))["session"] == name
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130 and process.stderr.read() == b""
    thread.join()
    process.stdout.close()
    process.stderr.close()
    assert lines.empty()
    assert len(bench.trail()) == 5


def _copy(stream: IO[bytes], lines: queue.Queue[bytes]) -> None:
    for line in stream:
        lines.put(line)
