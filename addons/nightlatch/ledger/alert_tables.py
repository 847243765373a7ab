"""The tables of alerts, of the networks that people come from, and of what is on its way to receivers: what the second
migration adds. Released, so never edited. `deliveries.due_at` is wall time, all other instants nightlatch's."""

ALERT_STATEMENTS = (
    "DROP VIEW alerts_readable",
    "DROP TABLE alerts",  # nothing ever wrote to the first one
    """CREATE TABLE alerts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        detector TEXT NOT NULL,
        grouping TEXT NOT NULL,
        raised_at INTEGER NOT NULL,
        last_at INTEGER NOT NULL,
        count INTEGER NOT NULL,
        session TEXT,
        subject TEXT,
        network TEXT NOT NULL,
        agent TEXT NOT NULL,
        response TEXT NOT NULL,
        why TEXT NOT NULL,
        event INTEGER NOT NULL,
        policy TEXT NOT NULL,
        open INTEGER NOT NULL,
        detail TEXT NOT NULL,
        cause INTEGER NOT NULL
    )""",
    "CREATE INDEX alerts_by_grouping ON alerts (detector, grouping, id)",
    "CREATE INDEX alerts_by_start ON alerts (detector, raised_at)",
    "CREATE INDEX alerts_open ON alerts (last_at) WHERE open",
    "CREATE INDEX alerts_by_session ON alerts (session)",
    # Without a default: null is the rule, and costs nothing to read.
    "ALTER TABLE sessions ADD COLUMN step_up_at INTEGER",
    """CREATE TABLE places (
        site TEXT NOT NULL,
        who TEXT NOT NULL,
        network TEXT NOT NULL,
        seen_at INTEGER NOT NULL,
        PRIMARY KEY (site, who, network)
    ) WITHOUT ROWID""",
    "CREATE TABLE receivers (name TEXT PRIMARY KEY, event INTEGER NOT NULL)",
    """CREATE TABLE deliveries (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        receiver TEXT NOT NULL,
        event INTEGER NOT NULL,
        body TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        due_at INTEGER,
        error TEXT NOT NULL
    )""",
    "CREATE INDEX deliveries_by_receiver ON deliveries (receiver, number)",
)

ALERT_VIEWS = {
    "alerts": (
        *("id", "detector", "raised_at", "last_at", "count", "session", "subject", "network", "agent", "response"),
        *("why", "event", "policy", "open", "detail", "grouping", "cause"),
    ),
    "places": ("site", "who", "network", "seen_at"),
    "deliveries": ("number", "id", "receiver", "event", "attempts", "due_at", "error", "body"),
}
