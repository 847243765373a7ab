"""A policy that changes under running guards, from outside: by its file, by SIGHUP, by another guard, by a rollback."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.e2e import processes
from tests.e2e.client import Browser
from tests.e2e.processes import Guard
from tests.e2e.upstream import Upstream
from tests.e2e.waiting import until

Start = Callable[..., Guard]
LAX, STRICT = (f'[policy]\nname = "acme"\n[session]\nidle = "{idle}"\nabsolute = "8h"\n' for idle in ("30m", "5m"))


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "acme.toml"
    path.write_text(LAX)
    return path


@pytest.fixture(params=["own", "stock"])
def guard(request: pytest.FixtureRequest, guards: Start, upstream: Upstream, policy: Path) -> Guard:
    if request.param == "own":
        return guards(upstream.url, "--policy", str(policy))
    return guards(upstream.url, f"nightlatch_policy={policy}", kind=processes.stock)


def _history(guard: Guard) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(guard.must("policy", "history", "--json"))
    return found


def _refused(guard: Guard) -> list[str]:
    return guard.must("events", "--jsonl", "--type", "policy.rejected").splitlines()


def test_a_file_that_is_edited_and_a_broken_one(guard: Guard, policy: Path) -> None:
    guard.must("clock", "freeze")
    browser = Browser(guard.url).login()
    guard.must("clock", "advance", "6m")
    policy.write_text("[session]\nidel = '5m'\n")
    until(lambda: 'did you mean "idle"' in guard.log, "the broken policy to be refused")
    until(lambda: _refused(guard), "it to be in the trail")
    assert "cannot come into force" in guard.cli("doctor").out
    draft = policy.with_suffix(".new")
    draft.write_text(STRICT)
    draft.replace(policy)
    until(lambda: guard.log.count("is in force (") == 1, "the new policy")
    answer = browser.fetch("/")
    assert (answer.verdict, answer.parameter("limit"), answer.parameter("elapsed")) == ("expired", "300", "360")
    (event,) = guard.must("events", "--jsonl", "--type", "session.expired").splitlines()
    assert json.loads(event)["tightened_from"] == _history(guard)[-1]["version"]
    policy.write_text(LAX)
    until(lambda: guard.log.count("is in force (") == 2, "the loose policy")
    assert browser.fetch("/").verdict == "expired"
    assert json.loads(guard.must("audit", "verify", "--json"))["ok"]


def test_a_rollback_and_a_signal(guard: Guard, policy: Path) -> None:
    policy.write_text(STRICT)
    until(lambda: "is in force (" in guard.log, "the new policy")
    strict = _history(guard)[0]["version"]
    done = json.loads(guard.must("policy", "rollback", "--json"))
    assert (done["guards"], done["waiting"]) == ([guard.url], [])
    assert Browser(guard.url).login().fetch("/").header("Nightlatch-Session").startswith("idle=1800")
    assert f"and not {strict}" in guard.cli("doctor").out
    guard.process.send_signal(signal.SIGHUP)
    until(lambda: guard.log.count(f"{strict} is in force") == 2, "the file to be read anew")
    assert [each["how"] for each in _history(guard)] == ["signal", "rollback", "file", "start"]
    assert Browser(guard.url).login().fetch("/").header("Nightlatch-Session").startswith("idle=300")


def test_every_guard_on_the_ledger_follows_and_a_restart_changes_nothing(
    guards: Start, upstream: Upstream, policy: Path, tmp_path: Path
) -> None:
    ledger = tmp_path / "shared.db"
    one, two = (guards(upstream.url, "--policy", str(policy), ledger=ledger) for _ in range(2))
    policy.write_text(STRICT)
    until(lambda: all("is in force (" in each.log for each in (one, two)), "the new policy")
    assert len(_history(one)) == 2, "one change, although two guards have seen it"
    done = json.loads(one.must("policy", "rollback", "--json"))
    assert sorted(done["guards"]) == sorted([one.url, two.url])
    two.stop()
    three = guards(upstream.url, "--policy", str(policy), ledger=ledger)
    assert f"{done['version']} is in force (rollback by" in three.log
    assert Browser(three.url).login().fetch("/").header("Nightlatch-Session").startswith("idle=1800")
    assert len(_history(one)) == 3
