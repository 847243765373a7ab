"""A ledger on a server as a capture, and as what a rerun moves the clock of."""

import json
from pathlib import Path

import pytest
from tests.cli.bench import nightlatch
from tests.ledger.postgres.server import Server
from tests.ledger.postgres.server import postgres as postgres
from tests.ledger.samples import SECOND, T0, a_decision, a_session
from tests.replay.made import har, har_entry

from nightlatch.ledger.opening import open_reader, open_writer
from nightlatch_cli.exits import ExitCode

PLANTED = "s3cr3t"


@pytest.fixture
def url(postgres: Server, tmp_path: Path) -> str:
    """A ledger with ten minutes of somebody; its password is not asked for."""
    url = postgres.url(str(tmp_path)).replace("nightlatch@", f"nightlatch:{PLANTED}@")
    writer = open_writer(url)
    writer.create(a_session("s1"), b"f1", [])
    writer.log([a_decision("d1", at=T0), a_decision("d2", at=T0 + 600 * SECOND, method="POST", path="/save")])
    writer.close()
    return url


def test_replay_judges_what_the_guards_logged(url: str, tmp_path: Path) -> None:
    (tmp_path / "tight.toml").write_text('[policy]\nname = "tight"\n[session]\nidle = "5m"\n')
    found = nightlatch("replay", url, "--policy", tmp_path / "tight.toml", "--json")
    assert found.exit_code == ExitCode.OK, found.stderr
    told = json.loads(found.stdout)
    assert told["capture"]["requests"] == 2 and told["policies"][0]["verdicts"]["expired"] == 1
    assert PLANTED not in found.output + found.stderr and ":***@" in told["capture"]["files"][0]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["replay", "postgresql://ada:s3cr3t@127.0.0.1:1/app"], ExitCode.INPUT, "cannot be reached"),
        (["replay", "postgres:/ada:s3cr3t@db/app"], ExitCode.LEDGER, "is to be postgresql://USER@HOST/DATABASE"),
        (["replay", "--bulk", "postgresql://ada:s3cr3t@127.0.0.1:1/app"], ExitCode.USAGE, "leave out --bulk"),
        (
            ["rerun", "--to", "http://x", "postgresql://ada:s3cr3t@127.0.0.1:1/app"],
            ExitCode.USAGE,
            "a HAR or flow file",
        ),
    ],
)
def test_what_cannot_be_says_what_to_do(arguments: list[str], code: ExitCode, says: str) -> None:
    found = nightlatch(*arguments)
    assert (found.exit_code, PLANTED in found.stderr) == (code, False) and says in found.stderr


def test_a_rerun_moves_its_clock(url: str, tmp_path: Path) -> None:
    capture = tmp_path / "a.har"
    at = ("2024-01-01T09:00:00.000Z", "2024-01-01T09:10:00.000Z")
    capture.write_bytes(har(*(har_entry(each, "http://app.test/", headers={"Cookie": "sid=1"}) for each in at)))
    arguments = ("--to", "http://127.0.0.1:1", "--warp", "--ledger", url, "--json")
    found = nightlatch("rerun", capture, *arguments)
    assert json.loads(found.stdout)["sent"] == 2, found.stderr
    reader = open_reader(url)
    assert 599 * SECOND < reader.warp().advanced <= 600 * SECOND
    reader.close()
    gone = nightlatch("rerun", capture, *arguments[:4], "postgresql://ada:s3cr3t@127.0.0.1:1/app")
    assert gone.exit_code == ExitCode.LEDGER and "cannot be reached" in gone.stderr and PLANTED not in gone.stderr
