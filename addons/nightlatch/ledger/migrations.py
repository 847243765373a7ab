"""The ledger's tables, one migration a change. A migration that was released is never edited: add the next one.

Opens in sqlite-utils and Datasette as it is: instants are integer microseconds since the epoch in columns named
`…_at`, durations are integer microseconds in the others, and every table with instants has a view `…_readable`.
Knows nothing of what the rows mean.
"""

import secrets
import sqlite3
from pathlib import Path

from sqlite_utils import Database, Migrations

from nightlatch.ledger.alert_tables import ALERT_STATEMENTS, ALERT_VIEWS
from nightlatch.ledger.first_tables import FIRST_INDEXES, FIRST_TABLES, FIRST_VIEWS
from nightlatch.ledger.schema import APPLICATION_ID, LEDGER_SCHEMA, version_of
from nightlatch.ledger.tombstone_tables import TOMBSTONE_STATEMENTS, TOMBSTONE_VIEWS

migrations = Migrations("nightlatch")


def _first_readable(column: str) -> str:
    """A column as a view shows it: instants in RFC 3339, cut to milliseconds (rounding could show the next second)."""
    if not column.endswith("_at"):
        return column
    seconds = f"strftime('%Y-%m-%dT%H:%M:%S', {column} / 1000000, 'unixepoch')"
    return f"{seconds} || printf('.%03dZ', {column} / 1000 % 1000) AS {column}"


@migrations()
def m001_first(db: Database) -> None:
    """Sessions, credentials, events, alerts, decisions, policies, the clock, and what a ledger knows of itself."""
    for statement in (*FIRST_TABLES, *FIRST_INDEXES):
        db.execute(statement)
    for table, columns in FIRST_VIEWS.items():
        shown = ", ".join(map(_first_readable, columns))
        db.execute(f"CREATE VIEW {table}_readable AS SELECT {shown} FROM {table}")
    db.execute("INSERT INTO settings (name, value) VALUES ('key', ?)", [secrets.token_bytes(32)])


@migrations()
def m002_provider_sessions(db: Database) -> None:
    """What identity providers call sessions, and what they have called off."""
    db.execute(
        "CREATE TABLE provider_sessions (session INTEGER PRIMARY KEY REFERENCES sessions(number), "
        "subject BLOB NOT NULL, sid BLOB, authenticated INTEGER NOT NULL)"
    )
    db.execute("CREATE INDEX provider_sessions_by_subject ON provider_sessions (subject)")
    db.execute("CREATE INDEX provider_sessions_by_sid ON provider_sessions (sid)")
    db.execute(
        "CREATE TABLE barred (mark BLOB PRIMARY KEY, kind TEXT NOT NULL, barred_at INTEGER NOT NULL) WITHOUT ROWID"
    )
    shown = f"lower(hex(mark)) AS mark, kind, {_first_readable('barred_at')}"
    db.execute(f"CREATE VIEW barred_readable AS SELECT {shown} FROM barred")
    db.execute("CREATE INDEX sessions_live_by_subject ON sessions (site, subject) WHERE state = 'active'")


THIRD_VIEWS = {"sessions": (*FIRST_VIEWS["sessions"], "email")}


@migrations()
def m003_email(db: Database) -> None:
    """Sessions know the person's e-mail address, which the application is told."""
    db.execute("ALTER TABLE sessions ADD COLUMN email TEXT")
    _show_anew(db, THIRD_VIEWS)


FOURTH_VIEWS = {**ALERT_VIEWS, "sessions": (*THIRD_VIEWS["sessions"], "step_up_at")}


@migrations()
def m004_alerts(db: Database) -> None:
    """Alerts that count, fresh logins that they ask for, where people come from, what is on its way to receivers."""
    for statement in ALERT_STATEMENTS:
        db.execute(statement)
    _show_anew(db, FOURTH_VIEWS)


FIFTH_VIEWS = {
    "sessions": (*FOURTH_VIEWS["sessions"], "expire_when"),
    "holds": ("exchange", "session", "pid", "started_at", "idle"),
}


@migrations()
def m005_in_flight(db: Database) -> None:
    """Sessions that are to end at a certain moment, and exchanges that hold `idle` while they run."""
    db.execute("ALTER TABLE sessions ADD COLUMN expire_when TEXT")
    db.execute("CREATE INDEX sessions_by_order ON sessions (site) WHERE expire_when IS NOT NULL AND state = 'active'")
    db.execute(
        "CREATE TABLE holds (exchange TEXT PRIMARY KEY, session TEXT NOT NULL, pid INTEGER NOT NULL, "
        "started_at INTEGER NOT NULL, idle INTEGER) WITHOUT ROWID"
    )
    db.execute("CREATE INDEX holds_by_session ON holds (session)")
    _show_anew(db, FIFTH_VIEWS)


SIXTH_VIEWS = {"sessions": (*FIFTH_VIEWS["sessions"], "remembered")}
SIXTH_INDEXES = ("activity", "last_active_at"), ("authentication", "authenticated_at")


@migrations()
def m006_remembered(db: Database) -> None:
    """Sessions that are remembered, which run out at other times than the rest: each live session stands in one of two
    indexes, so that the sweeper need not walk through the ones to find the others, and a touch costs what it did."""
    db.execute("ALTER TABLE sessions ADD COLUMN remembered INTEGER NOT NULL DEFAULT 0")
    for name, column in SIXTH_INDEXES:
        db.execute(f"DROP INDEX sessions_live_by_{name}")
        for which, flag in (("live", 0), ("remembered", 1)):
            live = f"state = 'active' AND remembered = {flag}"
            db.execute(f"CREATE INDEX sessions_{which}_by_{name} ON sessions (site, {column}) WHERE {live}")
    _show_anew(db, SIXTH_VIEWS)


SEVENTH_VIEWS = {
    "guards": (*FIRST_VIEWS["guards"], "source", "version"),
    "policy_changes": ("id", "source", "name", "version", "changed_at", "actor", "how", "previous", "given"),
}


@migrations()
def m007_policy_changes(db: Database) -> None:
    """Who brought which policy into force when and how; guards tell what they were started with and what holds."""
    db.execute(
        "CREATE TABLE policy_changes (id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, name TEXT NOT NULL, "
        "version TEXT NOT NULL, changed_at INTEGER NOT NULL, actor TEXT NOT NULL, how TEXT NOT NULL, previous TEXT, "
        "given TEXT NOT NULL)"
    )
    db.execute("CREATE INDEX policy_changes_by_source ON policy_changes (source)")
    for column in ("source", "version"):
        db.execute(f"ALTER TABLE guards ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
    _show_anew(db, SEVENTH_VIEWS)


@migrations()
def m008_tombstones(db: Database) -> None:
    """Sessions that ended long ago can go, and what keeps their credentials from coming back stays."""
    for statement in TOMBSTONE_STATEMENTS:
        db.execute(statement)
    _show_anew(db, TOMBSTONE_VIEWS)


def _show_anew(db: Database, views: dict[str, tuple[str, ...]]) -> None:
    """Make the readable views of these tables again, with these columns."""
    for table, columns in views.items():
        db.execute(f"DROP VIEW IF EXISTS {table}_readable")
        shown = ", ".join(map(_first_readable, columns))
        db.execute(f"CREATE VIEW {table}_readable AS SELECT {shown} FROM {table}")


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring a ledger, or an empty database, up to `LEDGER_SCHEMA`. Of several that start at once the first does it.

    Raises:
        LedgerError: somebody else's database, or a newer schema.
        sqlite3.Error: locked, not writable, corrupt.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        version_of(connection, path)
        migrations.apply(Database(connection, recursive_triggers=False, execute_plugins=False))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {LEDGER_SCHEMA}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
