BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'nightlatch','m001_first','2025-01-01 00:00:00.000000+00:00');
CREATE TABLE alerts (
        id INTEGER PRIMARY KEY,
        raised_at INTEGER NOT NULL,
        detector TEXT NOT NULL,
        session TEXT,
        subject TEXT,
        event INTEGER REFERENCES events(id),
        detail TEXT NOT NULL
    );
CREATE TABLE clock (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        wall_at INTEGER NOT NULL,
        warped_at INTEGER NOT NULL,
        frozen INTEGER NOT NULL,
        reset INTEGER NOT NULL,
        event INTEGER NOT NULL REFERENCES events(id)
    );
CREATE TABLE credentials (
        fingerprint BLOB PRIMARY KEY,
        session INTEGER NOT NULL REFERENCES sessions(number),
        issued_at INTEGER NOT NULL,
        replaced_at INTEGER,
        grace_until_at INTEGER
    ) WITHOUT ROWID;
INSERT INTO "credentials" VALUES(X'6631',1,1700000000000000,NULL,NULL);
CREATE TABLE decisions (
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
    );
CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        happened_at INTEGER NOT NULL,
        type TEXT NOT NULL,
        session TEXT,
        subject TEXT,
        payload TEXT NOT NULL,
        prev TEXT NOT NULL,
        hash TEXT NOT NULL
    );
INSERT INTO "events" VALUES(1,1700000000000000,'session.created','s1',NULL,'{"agent":"","at":1700000000000000,"detail":{},"network":"","policy":"v1","session":"s1","subject":null,"type":"session.created"}','0000000000000000000000000000000000000000000000000000000000000000','8b8db7d5f70075087b7a5650383a3bf5c324b9e964f0b7ada6d33fe31daaa79e');
CREATE TABLE guards (
        url TEXT PRIMARY KEY,
        site TEXT NOT NULL,
        cookie TEXT NOT NULL,
        identity TEXT NOT NULL,
        login TEXT NOT NULL,
        users TEXT NOT NULL,
        policy TEXT NOT NULL,
        pid INTEGER NOT NULL,
        started_at INTEGER NOT NULL
    );
CREATE TABLE issuers (site TEXT NOT NULL, cookie TEXT NOT NULL, PRIMARY KEY (site, cookie));
CREATE TABLE policies (
        name TEXT NOT NULL,
        version TEXT NOT NULL,
        text TEXT NOT NULL,
        loaded_at INTEGER NOT NULL,
        PRIMARY KEY (name, version)
    );
CREATE TABLE sessions (
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
    );
INSERT INTO "sessions" VALUES(1,'s1','http://localhost:3000','alice','nightlatch',1700000000000000,1700000000000000,1700000000000060,1700000000000000,60,NULL,'["admins"]','[]',NULL,'','','active',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL);
INSERT INTO "settings" VALUES('key',X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX sessions_by_start ON sessions (started_at);
CREATE INDEX sessions_by_state ON sessions (state, started_at);
CREATE INDEX sessions_live_by_activity ON sessions (site, last_active_at) WHERE state = 'active';
CREATE INDEX sessions_live_by_authentication ON sessions (site, authenticated_at) WHERE state = 'active';
CREATE INDEX credentials_by_session ON credentials (session);
CREATE INDEX events_by_time ON events (happened_at);
CREATE INDEX events_by_session ON events (session);
CREATE INDEX decisions_by_session ON decisions (session);
CREATE VIEW sessions_readable AS SELECT id, site, subject, source, state, strftime('%Y-%m-%dT%H:%M:%S', started_at / 1000000, 'unixepoch') || printf('.%03dZ', started_at / 1000 % 1000) AS started_at, strftime('%Y-%m-%dT%H:%M:%S', authenticated_at / 1000000, 'unixepoch') || printf('.%03dZ', authenticated_at / 1000 % 1000) AS authenticated_at, strftime('%Y-%m-%dT%H:%M:%S', reauthenticated_at / 1000000, 'unixepoch') || printf('.%03dZ', reauthenticated_at / 1000 % 1000) AS reauthenticated_at, strftime('%Y-%m-%dT%H:%M:%S', last_active_at / 1000000, 'unixepoch') || printf('.%03dZ', last_active_at / 1000 % 1000) AS last_active_at, strftime('%Y-%m-%dT%H:%M:%S', ended_at / 1000000, 'unixepoch') || printf('.%03dZ', ended_at / 1000 % 1000) AS ended_at, end_reason, end_clock, end_limit, end_elapsed, end_rule, strftime('%Y-%m-%dT%H:%M:%S', end_from_at / 1000000, 'unixepoch') || printf('.%03dZ', end_from_at / 1000 % 1000) AS end_from_at, strftime('%Y-%m-%dT%H:%M:%S', gap_from_at / 1000000, 'unixepoch') || printf('.%03dZ', gap_from_at / 1000 % 1000) AS gap_from_at, gap, groups, amr, acr, network, agent FROM sessions;
CREATE VIEW credentials_readable AS SELECT lower(hex(fingerprint)) AS fingerprint, (SELECT id FROM sessions WHERE number = session) AS session, strftime('%Y-%m-%dT%H:%M:%S', issued_at / 1000000, 'unixepoch') || printf('.%03dZ', issued_at / 1000 % 1000) AS issued_at, strftime('%Y-%m-%dT%H:%M:%S', replaced_at / 1000000, 'unixepoch') || printf('.%03dZ', replaced_at / 1000 % 1000) AS replaced_at, strftime('%Y-%m-%dT%H:%M:%S', grace_until_at / 1000000, 'unixepoch') || printf('.%03dZ', grace_until_at / 1000 % 1000) AS grace_until_at FROM credentials;
CREATE VIEW events_readable AS SELECT id, strftime('%Y-%m-%dT%H:%M:%S', happened_at / 1000000, 'unixepoch') || printf('.%03dZ', happened_at / 1000 % 1000) AS happened_at, type, session, subject, payload, prev, hash FROM events;
CREATE VIEW alerts_readable AS SELECT id, strftime('%Y-%m-%dT%H:%M:%S', raised_at / 1000000, 'unixepoch') || printf('.%03dZ', raised_at / 1000 % 1000) AS raised_at, detector, session, subject, event, detail FROM alerts;
CREATE VIEW decisions_readable AS SELECT position, id, strftime('%Y-%m-%dT%H:%M:%S', decided_at / 1000000, 'unixepoch') || printf('.%03dZ', decided_at / 1000 % 1000) AS decided_at, site, session, method, host, path, verdict, reason, clock, "limit", elapsed, rule, activity, policy FROM decisions;
CREATE VIEW policies_readable AS SELECT name, version, strftime('%Y-%m-%dT%H:%M:%S', loaded_at / 1000000, 'unixepoch') || printf('.%03dZ', loaded_at / 1000 % 1000) AS loaded_at, text FROM policies;
CREATE VIEW clock_readable AS SELECT id, strftime('%Y-%m-%dT%H:%M:%S', wall_at / 1000000, 'unixepoch') || printf('.%03dZ', wall_at / 1000 % 1000) AS wall_at, strftime('%Y-%m-%dT%H:%M:%S', warped_at / 1000000, 'unixepoch') || printf('.%03dZ', warped_at / 1000 % 1000) AS warped_at, frozen, reset, event FROM clock;
CREATE VIEW guards_readable AS SELECT url, site, cookie, identity, login, users, policy, pid, strftime('%Y-%m-%dT%H:%M:%S', started_at / 1000000, 'unixepoch') || printf('.%03dZ', started_at / 1000 % 1000) AS started_at FROM guards;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',1);
COMMIT;
PRAGMA application_id = 1852597096;
PRAGMA user_version = 1;
