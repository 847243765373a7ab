import json
import os
import threading

import pytest
from tests.cli.bench import Bench, nightlatch

from nightlatch.clock import wall_now
from nightlatch.core.events import Event, EventType
from nightlatch.core.policy_toml import version_of
from nightlatch.ledger.policies_port import PolicyChange
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer
from nightlatch_cli import policy_history

TEXTS = {idle: f'[policy]\nname = "acme"\n[session]\nidle = "{idle}"\nabsolute = "8h"\n' for idle in ("30m", "5m")}
LAX, STRICT = (version_of(text) for text in TEXTS.values())
SOURCE = "/etc/acme.toml"


@pytest.fixture
def changed(bench: Bench) -> Bench:
    """A guard that was started with a policy whose file was then tightened."""
    for idle, how in (("30m", "start"), ("5m", "file")):
        _change(bench, idle, how)
    return bench


def _change(bench: Bench, idle: str, how: str, source: str = SOURCE) -> None:
    version, now = version_of(TEXTS[idle]), wall_now()
    change = PolicyChange(source, "acme", version, now, "ada", how, None, version)
    writer = open_writer(bench.path)
    writer.change_policy(change, TEXTS[idle], Event(EventType.POLICY_LOADED, now, policy=version))
    writer.close()


def _in_force(bench: Bench) -> PolicyChange | None:
    reader = open_reader(bench.path)
    found = reader.policy_in_force(SOURCE)
    reader.close()
    return found


def test_history_tells_who_changed_what_when_and_how(changed: Bench) -> None:
    newest, oldest = json.loads(nightlatch("policy", "history", "--json").stdout)
    assert (newest["version"], newest["previous"], newest["how"], newest["by"]) == (STRICT, LAX, "file", "ada")
    assert (newest["in_force"], oldest["in_force"]) == (True, False)
    assert newest["text"] == TEXTS["5m"] and newest["at"].endswith("Z")
    table = nightlatch("policy", "history").stdout
    assert table.index(STRICT) < table.index(LAX)


def test_on_a_narrow_terminal_a_path_stays_whole(changed: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    far = f"/srv/{'a-long-name/' * 8}acme.toml"
    _change(changed, "30m", "start", far)
    for module in ("output", "policy_history"):
        monkeypatch.setattr(f"nightlatch_cli.{module}.on_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    lines = nightlatch("policy", "history").stdout.splitlines()
    assert far in lines and SOURCE in lines
    assert all(len(line) <= 80 for line in lines if line != far)
    assert any(STRICT in line and "in force" in line for line in lines[lines.index(SOURCE) :])


def test_history_of_an_empty_ledger(bench: Bench) -> None:
    assert json.loads(nightlatch("policy", "history", "--json").stdout) == []
    assert nightlatch("policy", "rollback").exit_code == 5


def test_rollback_goes_to_the_version_before_and_back(changed: Bench) -> None:
    done = nightlatch("policy", "rollback", "--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert (found["version"], found["previous"], found["given"]) == (LAX, STRICT, STRICT)
    assert found["differences"][0]["at"].endswith("idle")
    change = _in_force(changed)
    assert change is not None
    assert (change.version, change.how, change.given) == (LAX, "rollback", STRICT)
    assert f"in place of {STRICT}" in nightlatch("policy", "history").stdout
    assert json.loads(nightlatch("policy", "rollback", "--json").stdout)["version"] == STRICT


def test_rollback_is_an_event_of_the_trail(changed: Bench) -> None:
    nightlatch("policy", "rollback", LAX[:4])
    last = json.loads(nightlatch("events", "--jsonl", "--type", "policy.loaded").stdout.splitlines()[-1])
    assert (last["policy"], last["how"], last["previous"]) == (LAX, "rollback", STRICT)
    assert last["actor"]


def test_a_dry_run_changes_nothing(changed: Bench) -> None:
    done = nightlatch("policy", "rollback", "--dry-run")
    assert (done.exit_code, "looser" in done.output) == (0, True)
    change = _in_force(changed)
    assert change is not None and change.version == STRICT


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("ffff",), 1, "no version ffff"),
        ((STRICT,), 1, "in force already"),
        (("--policy", "other.toml"), 2, SOURCE),
    ],
)
def test_what_cannot_be_rolled_back_to(changed: Bench, arguments: tuple[str, ...], code: int, told: str) -> None:
    done = nightlatch("policy", "rollback", *arguments)
    assert done.exit_code == code
    assert told in str(done.exception or "") + done.output


def test_of_several_policies_one_has_to_be_named(changed: Bench) -> None:
    _change(changed, "30m", "start", "default")
    assert nightlatch("policy", "rollback").exit_code == 2
    assert nightlatch("policy", "rollback", "--policy", SOURCE).exit_code == 0


def test_it_waits_for_the_guards_and_names_those_that_do_not_follow(
    changed: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = {"source": SOURCE, "version": STRICT, "pid": os.getpid()}
    changed.announce(url="http://127.0.0.1:9001", **slow)
    changed.announce(url="http://127.0.0.1:9002", **slow)
    following = threading.Timer(0.3, lambda: changed.announce(url="http://127.0.0.1:9001", **slow | {"version": LAX}))
    following.start()
    monkeypatch.setattr(policy_history, "PATIENCE", 1_500_000)
    done = nightlatch("policy", "rollback", "--json")
    following.join()
    found = json.loads(done.stdout)
    assert (done.exit_code, found["guards"], found["waiting"]) == (
        1,
        ["http://127.0.0.1:9001"],
        ["http://127.0.0.1:9002"],
    )
