"""`nightlatch replay` as it is called: what it prints where, what it writes, and how it ends."""

import gc
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.cli.bench import nightlatch, spawn
from tests.replay.made import har, har_entry
from tests.replay.readers.test_flows import http_flow, written

from nightlatch_cli.exits import ExitCode


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """A morning: a page, a poll, a form half an hour later, and one entry that is no request."""
    file = tmp_path / "monday.har"
    entries = [
        har_entry("2024-01-01T09:00:00.000Z", "https://app.test/?token=SECRET", headers={"Cookie": "sid=SECRET"}),
        har_entry("2024-01-01T09:30:00.000Z", "https://app.test/save", method="POST", headers={"Cookie": "sid=SECRET"}),
        har_entry("2024-01-01T09:00:01.000Z", "data:image/png;base64,AA"),
        har_entry("2024-01-01T09:30:01.000Z", "https://app.test/", headers={}),
    ]
    file.write_bytes(har(*entries))
    return file


def document(*args: str | Path) -> Any:
    result = nightlatch("replay", *args, "--json")
    assert result.exit_code == ExitCode.OK, result.stderr
    return json.loads(result.stdout)


def test_json_is_one_document_on_stdout_and_the_rest_is_talk(capture: Path) -> None:
    result = nightlatch("replay", capture, "--policy", "default", "--json")
    told = json.loads(result.stdout)
    assert told["schema"] == "nightlatch.replay/1"
    assert told["capture"]["requests"] == 3
    assert told["capture"]["skipped"] == [{"at": "entries[2]", "why": "no request to a server (data: URL)"}]
    (policy,) = told["policies"]
    assert (policy["name"], policy["sessions"], policy["relogins"], policy["lost_writes"]) == ("default", 2, 1, 1)
    assert (policy["verdicts"]["allow"], policy["verdicts"]["expired"], policy["verdicts"]["login"]) == (1, 1, 1)
    assert "sessions by cookie:sid: its name" in result.stderr
    assert "skipped entries[2]" in result.stderr


def test_policies_are_compared_in_the_order_given(capture: Path) -> None:
    told = document(capture, "--policy", "strict", "--against", "default", "--against", "pci-dss-4")
    assert [policy["name"] for policy in told["policies"]] == ["strict", "default", "pci-dss-4"]


def test_what_the_capture_does_not_tell_is_a_note_on_stderr(tmp_path: Path) -> None:
    file, policy = tmp_path / "a.har", tmp_path / "p.toml"
    file.write_bytes(har(har_entry(answer_headers={"Nightlatch-Clock": "+31m"})))
    policy.write_text(
        '[session]\nidle = "15m"\n[[rule]]\nname = "all"\nmatch = { path = "/**" }\nrequire = { group = ["admins"] }\n'
    )
    done = nightlatch("replay", file, "--policy", policy, "--json")
    notes = [line for line in done.stderr.splitlines() if line.startswith("note: ")]
    assert len(notes) == 2 and "clock was moved" in notes[0] and "rule all requires a group" in notes[1]


def test_after_expiry_strict_nobody_logs_in_again(capture: Path) -> None:
    (policy,) = document(capture, "--after-expiry", "strict")["policies"]
    assert (policy["sessions"], policy["relogins"]) == (1, 0)


def test_reports_and_decisions_are_written_and_hold_no_credential(capture: Path, tmp_path: Path) -> None:
    report, decisions = tmp_path / "report.json", tmp_path / "decisions.jsonl"
    result = nightlatch(
        "replay", capture, "--report", report, "--decisions", decisions, "--against", "strict", "--json"
    )
    assert json.loads(report.read_text()) == json.loads(result.stdout)
    lines = [json.loads(line) for line in decisions.read_text().splitlines()]
    assert [(line["policy"], line["i"]) for line in lines] == [(p, i) for p in ("default", "strict") for i in (0, 1, 3)]
    assert lines[1]["verdict"] == "expired"
    assert (lines[1]["clock"], lines[1]["limit"], lines[1]["elapsed"]) == ("idle", 1800, 1800)
    for text in (decisions.read_text(), report.read_text(), result.output):
        assert "SECRET" not in text


def test_without_a_terminal_there_are_plain_lines(capture: Path) -> None:
    result = nightlatch("replay", capture, "--policy", "default", "--against", "strict")
    assert result.exit_code == ExitCode.OK
    assert "3 requests, 1 skipped, 2024-01-01T09:00:00.000Z to 2024-01-01T09:30:01.000Z" in result.stdout
    assert "\tdefault\tstrict" in result.stdout
    assert "expired\t1\t1" in result.stdout
    assert "exposure\t0:30:01\t" in result.stdout
    assert "POST /save\t1\t0\t1\tperson" in result.stdout


def test_flows_and_hars_make_one_timeline(capture: Path, tmp_path: Path) -> None:
    flows, decisions = tmp_path / "flows.mitm", tmp_path / "d.jsonl"
    flows.write_bytes(written(http_flow()))
    told = document(capture, flows, "--decisions", decisions)
    assert told["capture"]["files"] == [str(capture), str(flows)]
    assert told["capture"]["requests"] == 4
    assert told["capture"]["skipped"][0]["at"] == f"{capture}: entries[2]"
    files = [json.loads(line)["file"] for line in decisions.read_text().splitlines()]
    assert files == [str(flows), *[str(capture)] * 3]


def fails(code: ExitCode, *args: str | Path) -> str:
    result = nightlatch("replay", *args)
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


def test_a_capture_that_cannot_be_read(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("127.0.0.1 - - [01/Jan/2024]")
    assert f"{log}: expected a HAR file, a mitmproxy flow file" in fails(ExitCode.INPUT, log)
    assert "none.har: No such file" in fails(ExitCode.INPUT, tmp_path / "none.har")
    assert "directory" in fails(ExitCode.INPUT, tmp_path)


def test_a_capture_without_cookies_is_told_how_to_have_them(tmp_path: Path) -> None:
    bare = tmp_path / "bare.har"
    bare.write_bytes(har(har_entry(headers={"Accept": "*/*"})))
    said = fails(ExitCode.EMPTY, bare)
    assert "carries a cookie or a bearer token" in said
    assert "Allow to generate HAR with sensitive data" in said
    assert document(bare, "--session-key", "address")["policies"][0]["sessions"] == 1


def test_a_capture_without_requests(tmp_path: Path) -> None:
    empty = tmp_path / "empty.har"
    empty.write_bytes(har())
    assert "no requests in" in fails(ExitCode.EMPTY, empty)


def test_a_session_key_that_nobody_carries_names_those_that_are_there(capture: Path) -> None:
    assert "there are cookie:sid" in fails(ExitCode.EMPTY, capture, "--session-key", "cookie:PHPSESSID")


def test_mistakes_on_the_command_line(capture: Path, tmp_path: Path) -> None:
    assert "Did you mean cookie?" in fails(ExitCode.USAGE, capture, "--session-key", "cooky:sid")
    assert "ends in .html, .json" in fails(ExitCode.USAGE, capture, "--report", "x.pdf")
    said = fails(ExitCode.USAGE, capture, "--after-expiry", "never")
    assert ": 'never' is not one of 'relogin', 'strict'" in said and "Value error" not in said
    assert 'did you mean "strict"?' in fails(ExitCode.CONFIGURATION, capture, "--policy", "strikt")
    assert 'no file "nope"' in fails(ExitCode.CONFIGURATION, capture, "--against", "nope")
    assert "there is no folder" in fails(ExitCode.USAGE, capture, "--decisions", tmp_path / "no" / "d.jsonl")


def test_a_mistake_is_found_before_anything_is_read(tmp_path: Path) -> None:
    assert "strikt" in fails(ExitCode.CONFIGURATION, tmp_path / "none.har", "--policy", "strikt")


def test_hostile_text_does_not_reach_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "x.har"
    file.write_bytes(har(har_entry(url="https://app.test/\x1b[2Jx\u202e"), har_entry("\x1b[31mnoon")))
    result = nightlatch("replay", file)
    assert result.exit_code == ExitCode.OK
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output


def test_it_leaves_the_collector_as_it_was(capture: Path) -> None:
    assert gc.isenabled()
    document(capture)
    assert gc.isenabled()


def test_no_mitmproxy_and_no_rich_are_loaded(capture: Path) -> None:
    code = (
        "import sys\nfrom nightlatch_cli.app import app\n"
        f"app(['replay', {str(capture)!r}], standalone_mode=False)\n"
        "print([name for name in ('mitmproxy', 'rich', 'jwt', 'sqlite_utils') if name in sys.modules])"
    )
    result = spawn(code=code)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == "[]", sys.version


def test_alerts_are_told_where_they_are_asked_for(capture: Path) -> None:
    assert "alerts" not in document(capture)
    assert document(capture, "--alerts")["alerts"] == []
    assert "the detectors would have said nothing" in nightlatch("replay", capture, "--alerts").stdout


def test_a_short_replay_loads_nothing_that_it_does_not_need(capture: Path) -> None:
    code = (
        "import sys; from nightlatch_cli.app import app;"
        f"app(['replay', {str(capture)!r}, '--json'], 'nightlatch', standalone_mode=False);"
        "heavy = {'mitmproxy', 'rich', 'sqlite3', 'jinja2', 'polars', 'tornado', 'asyncio', 'pydantic'};"
        "heavy |= {'nightlatch.replay.alerting', 'nightlatch_cli.versions'};"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    result = spawn(code=code)
    assert result.stderr.splitlines()[-1] == "[]", result.stderr
    assert len(json.loads(result.stdout)["policies"]) == 1
