"""The tables, indexes and readable views with which a ledger begins: what the first migration makes. Released, so never
edited."""

FIRST_TABLES = (
    # `number` saves every request a search: a credential leads straight to its session's row.
    """CREATE TABLE sessions (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        site TEXT NOT NULL,
        subject TEXT,
        source TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        authenticated_at INTEGER NOT NULL,
        last_active_at INTEGER NOT NULL,
        gap_from_at INTEGER NOT NULL,
        gap INTEGER NOT NULL,
        reauthenticated_at INTEGER,
        groups TEXT NOT NULL,
        amr TEXT NOT NULL,
        acr TEXT,
        network TEXT NOT NULL,
        agent TEXT NOT NULL,
        state TEXT NOT NULL,
        ended_at INTEGER,
        end_reason TEXT,
        end_clock TEXT,
        end_limit INTEGER,
        end_elapsed INTEGER,
        end_rule TEXT,
        end_from_at INTEGER
    )""",
    """CREATE TABLE credentials (
        fingerprint BLOB PRIMARY KEY,
        session INTEGER NOT NULL REFERENCES sessions(number),
        issued_at INTEGER NOT NULL,
        replaced_at INTEGER,
        grace_until_at INTEGER
    ) WITHOUT ROWID""",
    # The columns before `payload` repeat what is in it, to be searched; the payload is what was hashed.
    # AUTOINCREMENT: an id is never given twice, so events cut off the end leave a mark.
    """CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        happened_at INTEGER NOT NULL,
        type TEXT NOT NULL,
        session TEXT,
        subject TEXT,
        payload TEXT NOT NULL,
        prev TEXT NOT NULL,
        hash TEXT NOT NULL
    )""",
    """CREATE TABLE alerts (
        id INTEGER PRIMARY KEY,
        raised_at INTEGER NOT NULL,
        detector TEXT NOT NULL,
        session TEXT,
        subject TEXT,
        event INTEGER REFERENCES events(id),
        detail TEXT NOT NULL
    )""",
    """CREATE TABLE decisions (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        decided_at INTEGER NOT NULL,
        site TEXT NOT NULL,
        session TEXT,
        method TEXT NOT NULL,
        host TEXT NOT NULL,
        path TEXT NOT NULL,
        verdict TEXT NOT NULL,
        reason TEXT NOT NULL,
        clock TEXT,
        "limit" INTEGER,
        elapsed INTEGER,
        rule TEXT,
        activity INTEGER NOT NULL,
        policy TEXT NOT NULL
    )""",
    """CREATE TABLE policies (
        name TEXT NOT NULL,
        version TEXT NOT NULL,
        text TEXT NOT NULL,
        loaded_at INTEGER NOT NULL,
        PRIMARY KEY (name, version)
    )""",
    # A row with `reset` starts the history anew; `event` is the clock.warped event that tells of the row.
    """CREATE TABLE clock (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        wall_at INTEGER NOT NULL,
        warped_at INTEGER NOT NULL,
        frozen INTEGER NOT NULL,
        reset INTEGER NOT NULL,
        event INTEGER NOT NULL REFERENCES events(id)
    )""",
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL)",
    "CREATE TABLE issuers (site TEXT NOT NULL, cookie TEXT NOT NULL, PRIMARY KEY (site, cookie))",
    """CREATE TABLE guards (
        url TEXT PRIMARY KEY,
        site TEXT NOT NULL,
        cookie TEXT NOT NULL,
        identity TEXT NOT NULL,
        login TEXT NOT NULL,
        users TEXT NOT NULL,
        policy TEXT NOT NULL,
        pid INTEGER NOT NULL,
        started_at INTEGER NOT NULL
    )""",
)

FIRST_INDEXES = (
    "CREATE INDEX sessions_by_start ON sessions (started_at)",
    "CREATE INDEX sessions_by_state ON sessions (state, started_at)",
    "CREATE INDEX sessions_live_by_activity ON sessions (site, last_active_at) WHERE state = 'active'",
    "CREATE INDEX sessions_live_by_authentication ON sessions (site, authenticated_at) WHERE state = 'active'",
    "CREATE INDEX credentials_by_session ON credentials (session)",
    "CREATE INDEX events_by_time ON events (happened_at)",
    "CREATE INDEX events_by_session ON events (session)",
    "CREATE INDEX decisions_by_session ON decisions (session)",
)

FIRST_VIEWS = {
    "sessions": (
        *("id", "site", "subject", "source", "state", "started_at", "authenticated_at", "reauthenticated_at"),
        *("last_active_at", "ended_at", "end_reason", "end_clock", "end_limit", "end_elapsed", "end_rule"),
        *("end_from_at", "gap_from_at", "gap", "groups", "amr", "acr", "network", "agent"),
    ),
    "credentials": (
        *("lower(hex(fingerprint)) AS fingerprint", "(SELECT id FROM sessions WHERE number = session) AS session"),
        *("issued_at", "replaced_at", "grace_until_at"),
    ),
    "events": ("id", "happened_at", "type", "session", "subject", "payload", "prev", "hash"),
    "alerts": ("id", "raised_at", "detector", "session", "subject", "event", "detail"),
    "decisions": (
        *("position", "id", "decided_at", "site", "session", "method", "host", "path", "verdict", "reason", "clock"),
        *('"limit"', "elapsed", "rule", "activity", "policy"),
    ),
    "policies": ("name", "version", "loaded_at", "text"),
    "clock": ("id", "wall_at", "warped_at", "frozen", "reset", "event"),
    "guards": ("url", "site", "cookie", "identity", "login", "users", "policy", "pid", "started_at"),
}
