"""Where a ledger is, as it is typed; and that no password in it is ever shown."""

from pathlib import Path

import pytest

from nightlatch.ledger.address import ServerAddress, is_server, ledger_at, shown
from nightlatch.ledger.port import LedgerError

PLANTED = "s3cr3t"


def server(text: str) -> ServerAddress:
    found = ledger_at(text)
    assert isinstance(found, ServerAddress)
    return found


def test_a_path_is_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert ledger_at("~/l.db") == Path("/home/ada/l.db")
    assert ledger_at(Path("l.db")) == Path("l.db")
    assert shown(Path("l.db")) == str(Path("l.db").absolute())


def test_a_url_is_a_server_and_its_schema_is_nightlatchs() -> None:
    plain = server("postgresql://ada@db.example:5433/app")
    assert (plain.url, plain.schema, plain.secrets) == ("postgresql://ada@db.example:5433/app", "nightlatch", ())
    other = server("postgres:///app?host=/run/pg&schema=team_a&sslmode=require")
    assert (other.url, other.schema) == ("postgres:///app?host=/run/pg&sslmode=require", "team_a")
    assert shown(other) == "postgres:///app?host=/run/pg&schema=team_a&sslmode=require"
    assert ledger_at(other) is other
    assert other == server(str(other)) and hash(other) == hash(server(str(other))) and other != plain


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://ada:{PLANTED}@db/app",
        f"postgresql://ada:{PLANTED}@db/app?schema=x",
        f"postgresql://ada:a@{PLANTED}@db/app",
        f"postgresql://ada:a/{PLANTED}@db/app",
        f"postgresql://ada:a?{PLANTED}@db/app",
        f"postgresql://ada:{PLANTED}%40@db/app",
        f"postgresql://ada@db/app?password={PLANTED}",
        f"postgresql://ada@db/app?x=1&PASSWORD={PLANTED}&y=2",
        f"postgresql:///app?sslpassword={PLANTED}@1",
        f"postgresql://db/app?oauth_client_secret={PLANTED}",
    ],
)
def test_a_password_is_hidden_wherever_it_stands(url: str) -> None:
    address = server(url)
    for told in (str(address), repr(address), f"{address}", shown(address), repr((address,))):
        assert PLANTED not in told and "***" in told
    assert PLANTED in address.url, "the server is told"
    assert any(PLANTED in secret for secret in address.secrets), "so that it can be taken out of messages"


def test_a_secret_is_known_as_it_stands_and_as_it_is_meant() -> None:
    assert set(server("postgresql://ada:p%40ss@db/app").secrets) == {"p%40ss", "p@ss"}


@pytest.mark.parametrize(
    "text", [f"postgresql:/ada:{PLANTED}@db/app", f"POSTGRESQL://ada:{PLANTED}@db/app", f"postgres:{PLANTED}"]
)
def test_a_misspelt_url_is_no_path_and_is_not_repeated(text: str) -> None:
    assert is_server(text)
    with pytest.raises(LedgerError, match="postgresql://USER@HOST/DATABASE") as told:
        ledger_at(text)
    assert PLANTED not in str(told.value)


@pytest.mark.parametrize("schema", ["", "Team", "a-b", "a;drop", "x" * 64, "1st"])
def test_a_schema_is_a_plain_name(schema: str) -> None:
    with pytest.raises(LedgerError, match="small letters"):
        ledger_at(f"postgresql://db/app?schema={schema}")
