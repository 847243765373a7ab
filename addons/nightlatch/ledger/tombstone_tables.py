"""The tables of what stays of sessions that were forgotten: what the eighth migration adds.
Released, so never edited."""

TOMBSTONE_STATEMENTS = (
    # No index besides the key: there may be many millions of them, and they are only ever asked for one by one.
    """CREATE TABLE tombstones (
        fingerprint BLOB PRIMARY KEY,
        session TEXT NOT NULL,
        site TEXT NOT NULL,
        source TEXT NOT NULL,
        authenticated_at INTEGER NOT NULL,
        last_active_at INTEGER NOT NULL,
        gap_from_at INTEGER NOT NULL,
        gap INTEGER NOT NULL,
        reauthenticated_at INTEGER,
        remembered INTEGER NOT NULL,
        ended_at INTEGER NOT NULL,
        end_reason TEXT NOT NULL,
        end_clock TEXT,
        end_limit INTEGER,
        end_elapsed INTEGER,
        end_rule TEXT,
        end_from_at INTEGER
    ) WITHOUT ROWID""",
    """CREATE TABLE spent_logins (
        site TEXT NOT NULL,
        subject BLOB NOT NULL,
        authenticated INTEGER NOT NULL,
        PRIMARY KEY (site, subject)
    ) WITHOUT ROWID""",
    "CREATE INDEX sessions_by_end ON sessions (ended_at) WHERE ended_at IS NOT NULL",
)

TOMBSTONE_VIEWS: dict[str, tuple[str, ...]] = {
    "tombstones": (
        *("lower(hex(fingerprint)) AS fingerprint", "session", "site", "source", "authenticated_at", "last_active_at"),
        *("reauthenticated_at", "ended_at", "end_reason", "end_clock", "end_limit", "end_elapsed", "end_rule"),
        *("end_from_at", "gap_from_at", "gap", "remembered"),
    ),
}
