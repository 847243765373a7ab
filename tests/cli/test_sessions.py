import json
import os
import pty
import subprocess
import sys
from typing import Any

import pytest
from tests.cli.bench import LONG_AGO, Bench, environment, nightlatch

from nightlatch.clock import wall_now
from nightlatch.core.events import EventType
from nightlatch.core.policy import HOUR, MINUTE
from nightlatch.core.session import End, State, ended
from nightlatch.ledger.writer import open_writer


def _json(*words: str) -> Any:
    result = nightlatch(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_an_empty_ledger_is_an_empty_array(bench: Bench) -> None:
    assert _json("sessions") == []
    assert nightlatch("sessions", "--jsonl").stdout == ""
    plain = nightlatch("sessions")
    assert (plain.exit_code, plain.stdout, plain.stderr) == (0, "", "no sessions\n")


def test_the_newest_comes_first_with_its_clocks(bench: Bench) -> None:
    bench.session("aaaaaaaaaaaa", subject="ada", started_at=wall_now() - 2 * MINUTE)
    bench.session("bbbbbbbbbbbb", subject="bob")
    documents = _json("sessions")
    assert [document["id"] for document in documents] == ["bbbbbbbbbbbb", "aaaaaaaaaaaa"]
    assert [document["id"] for document in _json("sessions", "list")] == [document["id"] for document in documents]
    assert documents[1]["clocks"]["idle"]["limit"] == 1800
    assert 100 <= documents[1]["clocks"]["idle"]["elapsed"] <= 180 and documents[0]["state"] == "active"


def test_jsonl_is_the_same_a_line_each(bench: Bench) -> None:
    bench.session("aaaaaaaaaaaa")
    bench.session("bbbbbbbbbbbb")
    lines = nightlatch("sessions", "--jsonl").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [document["id"] for document in _json("sessions")]


def test_state_and_limit_choose(bench: Bench) -> None:
    for name in ("aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"):
        bench.session(name)
    assert nightlatch("sessions", "end", "bbb").exit_code == 0
    assert [document["id"] for document in _json("sessions", "--state", "ended")] == ["bbbbbbbbbbbb"]
    assert len(_json("sessions", "--state", "active")) == 2
    assert len(_json("sessions", "--limit", "0")) == 3
    result = nightlatch("sessions", "--limit", "2", "--json")
    assert len(json.loads(result.stdout)) == 2 and "more with --limit" in result.stderr
    assert nightlatch("sessions", "--state", "alive").exit_code == 2
    assert nightlatch("sessions", "--limit", "-1").exit_code == 2


def test_the_clocks_are_those_of_the_policy_of_the_site(bench: Bench) -> None:
    bench.load_policy('[session]\nidle = "7m"\nabsolute = "off"\n', "seven")
    bench.load_policy('[session]\nidle = "9m"\n', "nine")
    bench.announce(site="http://127.0.0.1:4000", url="http://127.0.0.1:8081", policy="policies/seven.toml")
    bench.session("aaaaaaaaaaaa", site="http://127.0.0.1:4000")
    bench.session("bbbbbbbbbbbb", site="http://nobody.example")
    assert _json("sessions", "show", "aaa")["clocks"].keys() == {"idle"}
    assert _json("sessions", "show", "aaa")["clocks"]["idle"]["limit"] == 420
    assert _json("sessions", "show", "bbb")["clocks"]["idle"]["limit"] == 540


def test_a_policy_of_another_version_of_nightlatch_is_no_obstacle(bench: Bench) -> None:
    bench.load_policy("[session]\nmoon = 1\n", "default", "e" * 12)
    bench.session("aaaaaaaaaaaa")
    assert _json("sessions", "show", "aaa")["clocks"]["idle"]["limit"] == 1800


def test_show_tells_everything_a_line_each(bench: Bench) -> None:
    bench.session("aaaaaaaaaaaa", groups=("admins", "ops"), agent="Firefox\x1b[31m")
    shown = nightlatch("sessions", "show", "aaaaaaaaaaaa").stdout
    assert "groups       admins, ops\n" in shown and "idle         " in shown and "Firefox?[31m" in shown


def test_one_that_ran_out_says_so_before_anyone_swept_it(bench: Bench) -> None:
    then = wall_now() - LONG_AGO
    bench.session("aaaaaaaaaaaa", started_at=then, authenticated_at=then, last_active_at=then, gap_from_at=then)
    assert "idle has run out" in nightlatch("sessions").stdout
    assert _json("sessions")[0]["clocks"]["idle"]["remaining"] == 0


def test_end_is_at_once_durable_and_on_the_audit_trail(bench: Bench) -> None:
    bench.session("aaaaaaaaaaaa", network="10.0.0.0/24", agent="Firefox")
    result = nightlatch("sessions", "end", "aaaa", "--reason", "policy")
    assert (result.exit_code, result.stdout) == (0, "aaaaaaaaaaaa of ada is ended: by the policy\n")
    stored = bench.stored("aaaaaaaaaaaa")
    assert stored.state is State.ENDED and stored.end is not None and stored.end.reason == "policy"
    event = bench.trail("aaaaaaaaaaaa")[-1]
    assert (event.type, event.detail, event.network) == ("session.ended", {"reason": "policy"}, "10.0.0.0/24")


def test_end_as_json_is_the_session_afterwards(bench: Bench) -> None:
    bench.session("aaaaaaaaaaaa")
    document = _json("sessions", "end", "aaaaaaaaaaaa")
    assert document["state"] == "ended" and document["end"]["reason"] == "admin" and document["ended_at"]


def test_an_end_is_for_ever(bench: Bench) -> None:
    bench.session("aaaaaaaaaaaa")
    nightlatch("sessions", "end", "aaaaaaaaaaaa")
    first = bench.stored("aaaaaaaaaaaa")
    again = nightlatch("sessions", "end", "aaaaaaaaaaaa", "--reason", "logout")
    assert again.exit_code == 1 and "ended already at 20" in again.stderr and "by an administrator" in again.stderr
    assert bench.stored("aaaaaaaaaaaa") == first


def test_what_a_clock_ended_cannot_be_ended_again(bench: Bench) -> None:
    now = wall_now()
    session = bench.session("aaaaaaaaaaaa", started_at=now - HOUR)
    end = End(now, "expired", "idle", 30 * MINUTE, 31 * MINUTE, None, now - 31 * MINUTE)
    writer = open_writer(bench.path)
    assert writer.end(session.id, end, bench.event(EventType.SESSION_EXPIRED, ended(session, end)))
    writer.close()
    refused = nightlatch("sessions", "end", "aaaaaaaaaaaa")
    assert refused.exit_code == 1 and "no activity for 31m, limit 30m, exceeded by 1m" in refused.stderr


@pytest.mark.parametrize("reason", ["expired", "reset", "because"])
def test_only_reasons_of_people_are_taken(bench: Bench, reason: str) -> None:
    bench.session("aaaaaaaaaaaa")
    assert nightlatch("sessions", "end", "aaaaaaaaaaaa", "--reason", reason).exit_code == 2
    assert bench.stored("aaaaaaaaaaaa").end is None


def test_a_command_makes_no_ledger(bench: Bench) -> None:
    bench.path.unlink()
    assert nightlatch("sessions", "end", "x").exit_code == 6 and not bench.path.exists()


def test_a_terminal_gets_a_table_and_no_colour_where_none_is_wanted(bench: Bench) -> None:
    bench.session("aaaaaaaaaaaa", subject="ada")
    shown, plain = (_on_terminal(bench, **extra) for extra in ({}, {"NO_COLOR": "1"}))
    assert "─" in shown and "aaaaaaaaaaaa" in shown and "\x1b[" in shown
    assert "─" in plain and "aaaaaaaaaaaa" in plain and "\x1b[3" not in plain


def test_on_eighty_columns_a_session_is_two_lines_at_most_and_says_what_differs(bench: Bench) -> None:
    for name in ("aaaaaaaaaaaa", "bbbbbbbbbbbb"):
        bench.session(name, subject="ada", site="http://localhost:3000")
    assert nightlatch("sessions", "end", "bbb").exit_code == 0
    shown = _on_terminal(bench, NO_COLOR="1", COLUMNS="80")
    assert "localhost:3000" not in shown and " ago" in shown and "by an administrator" in shown
    lines = shown[shown.index("─") :].strip("─ \r\n").splitlines()
    assert len(lines) <= 4 and all(len(line) <= 80 for line in lines)
    bench.session("cccccccccccc", site="http://localhost:4000")
    assert "localhost" in _on_terminal(bench, NO_COLOR="1", COLUMNS="120")


def _on_terminal(bench: Bench, **extra: str) -> str:
    ours, theirs = pty.openpty()
    env = {**environment(), "TERM": "xterm-256color", "COLUMNS": "200", **extra}
    env = {name: value for name, value in env.items() if name != "NO_COLOR" or extra}
    command = [sys.executable, "-m", "nightlatch_cli", "sessions", "--ledger", str(bench.path)]
    process = subprocess.Popen(command, env=env, stdout=theirs, stderr=subprocess.DEVNULL)
    os.close(theirs)
    printed = b""
    try:
        while chunk := os.read(ours, 65_536):
            printed += chunk
    except OSError:  # Linux: what a terminal answers once its other end is closed
        assert process.wait(30) == 0
    os.close(ours)
    return printed.decode()
