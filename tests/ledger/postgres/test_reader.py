"""What is particular to reading PostgreSQL: round trips, indexes, rows of somebody else's making."""

from collections.abc import Iterator

import psycopg
import pytest
from tests.ledger.postgres.server import Server
from tests.ledger.samples import OTHER_SITE, SITE, T0, a_session

from nightlatch.ledger import live_read, questions
from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.port import LedgerError, LedgerReader, LedgerWriter
from nightlatch.ledger.postgres.dialect import translated
from nightlatch.ledger.postgres.reader import PostgresReader
from nightlatch.ledger.postgres.tables import SCHEMA_VERSION


@pytest.fixture
def foreign(url: str, writer: LedgerWriter) -> Iterator[psycopg.Connection]:
    """Somebody else's connection."""
    address = ServerAddress(url)
    connection = psycopg.connect(address.url, options=f"-csearch_path={address.schema}", autocommit=True)
    yield connection
    connection.close()


@pytest.mark.parametrize("change", ["state = 'asleep'", "groups = 'no json'", "groups = '7'"])
def test_a_row_of_somebody_elses_making(
    reader: LedgerReader, writer: LedgerWriter, foreign: psycopg.Connection, change: str
) -> None:
    writer.create(a_session(), b"f1", [])
    foreign.execute(f"UPDATE sessions SET {change}")
    for ask in (lambda: reader.find(b"f1"), reader.sessions, lambda: reader.session("s1")):
        with pytest.raises(LedgerError, match=r"holds a row that was not written by nightlatch"):
            ask()


def test_a_table_that_is_gone(reader: LedgerReader, foreign: psycopg.Connection) -> None:
    foreign.execute("DROP TABLE clock CASCADE")
    for ask in (lambda: reader.look(b"f1"), reader.warp):
        with pytest.raises(LedgerError, match=r"lacks a table.*clock"):
            ask()
    assert reader.version() >= 0, "the connection is as good as before"


_PAGE = "'http://site1', 9, -1, 0, 100"
INDEXED = [
    (PostgresReader.LOOK, "'x', 1", ("credentials_pkey", "sessions_pkey", "holds_by_session")),
    (PostgresReader.LOOK_FOR_TOKEN, "'x', 'y', 1", ("credentials_pkey", "sessions_pkey", "tombstones_pkey")),
    *(
        (questions._RUN_OUT.format(since=since, flag=flag), _PAGE, (f"sessions_{whose}_by_{clock}",))
        for since, clock in (("last_active_at", "activity"), ("authenticated_at", "authentication"))
        for flag, whose in enumerate(("live", "remembered"))
    ),
    (PostgresReader.LAST_ACTIVE[0], "", ("sessions_live_by_activity",)),
    (PostgresReader.LAST_ACTIVE[1], "", ("sessions_remembered_by_activity",)),
    (questions._LAST_EVENT, "", ("events_by_time",)),
    (live_read._ACTIVE, "'http://site1', 19990, 9", ("sessions_live_by_activity", "sessions_remembered_by_activity")),
]
"""Questions that guards ask often, with values as they are, and the indexes that they go by."""

MANY = (
    "INSERT INTO sessions (id, site, source, started_at, authenticated_at, last_active_at, gap_from_at, gap, groups, "
    "amr, network, agent, state, remembered) SELECT n, 'http://site' || n % 7, '', n, n, n, n, 0, '[]', '[]', '', '', "
    "'active', n % 2 FROM generate_series(1, 20000) AS n"
)


def test_no_question_walks_through_all_sessions(foreign: psycopg.Connection) -> None:
    foreign.execute(MANY)
    foreign.execute("ANALYZE sessions")
    for number, (statement, values, indexes) in enumerate(INDEXED):
        foreign.execute(f"PREPARE asked{number} AS {translated(statement).text}")
        found = foreign.execute(f"EXPLAIN EXECUTE asked{number}{values and f'({values})'}")
        plan = "\n".join(str(line) for (line,) in found)
        assert "Seq Scan on sessions" not in plan and all(index in plan for index in indexes), plan


def test_the_horizon_goes_from_site_to_site(reader: LedgerReader, writer: LedgerWriter) -> None:
    for number, site in enumerate([SITE, OTHER_SITE, "", "http://z"]):
        writer.create(a_session(f"s{number}", T0 + number % 3, site=site), str(number).encode(), [])
    assert reader.horizon() == T0 + 2
    writer.create(a_session("kept", T0 + 7, remembered=True), b"kept", [])
    assert reader.horizon() == T0 + 7


def test_the_facts_for_a_doctor(url: str, reader: LedgerReader) -> None:
    facts = reader.facts()
    assert (facts.path, facts.events) == (str(ServerAddress(url)), 0) and facts.bytes > 4096


def test_what_it_is_kept_in(reader: LedgerReader, postgres: Server) -> None:
    kept = reader.database()
    assert str(kept) in str(postgres.ask("SELECT version()")[0][0]) and str(kept).startswith("PostgreSQL 1")
    assert kept.schema == SCHEMA_VERSION
