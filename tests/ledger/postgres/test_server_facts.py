"""How a server is set, and the way to it."""

from pathlib import Path

import pytest
from tests.ledger.postgres.server import Server

from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.port import LedgerError
from nightlatch.ledger.postgres.server_facts import is_near, server_facts


def test_the_facts_of_a_server_on_a_socket(postgres: Server, tmp_path: Path) -> None:
    facts = server_facts(ServerAddress(postgres.url(str(tmp_path))))
    assert dict(facts.settings) == {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "on"}
    assert facts.near and not facts.encrypted and facts.sslmode == "prefer"
    assert facts.version and f"PostgreSQL {facts.version}" in str(postgres.ask("SELECT version()")[0][0])


def test_what_is_set_for_the_user_counts(postgres: Server, tmp_path: Path) -> None:
    postgres.ask("DO $$ BEGIN CREATE ROLE hasty LOGIN; EXCEPTION WHEN duplicate_object THEN END $$")
    postgres.ask("ALTER ROLE hasty SET synchronous_commit = off")
    facts = server_facts(ServerAddress(postgres.url(str(tmp_path), "hasty")))
    assert facts.settings["synchronous_commit"] == "off"


@pytest.mark.parametrize("host", ["", "/var/run/postgresql", "@abstract", "127.0.0.1", "127.1.2.3", "::1"])
def test_near(host: str) -> None:
    assert is_near(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "db.example", "2001:db8::1", "0.0.0.0"])
def test_far(host: str) -> None:
    assert not is_near(host)


def test_a_server_that_is_gone() -> None:
    with pytest.raises(LedgerError, match="cannot be reached"):
        server_facts(ServerAddress("postgresql://ada@127.0.0.1:1/app"))
