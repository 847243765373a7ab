"""What `doctor` says of a server: what is lost with it, and who reads along, each with its remedy."""

from pathlib import Path

import pytest
from tests.ledger.postgres.server import Server, a_server
from tests.ledger.postgres.server import postgres as postgres

from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.opening import open_writer
from nightlatch_cli.checks import Health
from nightlatch_cli.checks_server import check_durability, check_server, check_way

SOUND = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


@pytest.mark.parametrize(
    ("settings", "health", "says"),
    [
        ({}, Health.OK, "on the server's disk"),
        ({"synchronous_commit": "remote_apply"}, Health.OK, "on the server's disk"),
        ({"synchronous_commit": "off"}, Health.OK, "although it has synchronous_commit = off"),
        ({"fsync": "off", "full_page_writes": "off"}, Health.FAIL, "Set fsync = on in postgresql.conf"),
        ({"full_page_writes": "off"}, Health.WARN, "Set full_page_writes = on in postgresql.conf"),
    ],
)
def test_what_a_power_cut_would_take(settings: dict[str, str], health: Health, says: str) -> None:
    check = check_durability(SOUND | settings)
    assert check.health is health and says in check.message


def test_a_setting_that_is_not_told_is_not_trusted() -> None:
    assert check_durability({}).health is Health.FAIL


@pytest.mark.parametrize(
    ("sslmode", "near", "encrypted", "health", "says"),
    [
        ("prefer", True, False, Health.OK, "on this machine"),
        ("prefer", False, False, Health.WARN, "not encrypted"),
        ("prefer", False, True, Health.WARN, "anybody could answer"),
        ("require", False, True, Health.WARN, "sslmode=verify-full"),
        ("verify-ca", False, True, Health.WARN, "sslmode=verify-ca"),
        ("verify-full", False, True, Health.OK, "verified"),
    ],
)
def test_who_reads_along(sslmode: str, near: bool, encrypted: bool, health: Health, says: str) -> None:
    check = check_way(sslmode, near=near, encrypted=encrypted)
    assert check.health is health and says in check.message


def test_a_server_that_does_not_wait_for_its_disk_is_a_failure(postgres: Server, tmp_path: Path) -> None:
    address = ServerAddress(postgres.url(str(tmp_path)))
    open_writer(address).close()
    found = {check.name: check for check in check_server(address)}
    assert found["postgresql"].message.split(".")[0] == postgres.ask("SHOW server_version")[0][0].split(".")[0]  # type: ignore[attr-defined] # text
    assert found["durability"].health is Health.FAIL and found["connection"].health is Health.OK


def test_one_that_does_is_none(tmp_path: Path) -> None:
    with a_server(fsync="on", full_page_writes="on", synchronous_commit="off") as server:
        address = ServerAddress(server.url(str(tmp_path)))
        open_writer(address).close()
        found = {check.name: check for check in check_server(address)}
    assert {check.health for check in found.values()} == {Health.OK}
    assert "synchronous_commit = off" in found["durability"].message
