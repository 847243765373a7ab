"""What identity providers call the sessions that began with a login at one, and what they have called off: the SQL.

Everything here is a fingerprint. Whether a mark bars somebody is for the caller to know.
"""

from nightlatch.core.authentication import ProviderSession
from nightlatch.ledger import rows
from nightlatch.ledger.executing import Executes

NOTE = (
    "INSERT INTO provider_sessions (session, subject, sid, authenticated) SELECT number, ?, ?, ? FROM sessions "
    "WHERE id = ? ON CONFLICT (session) DO UPDATE SET subject = excluded.subject, sid = excluded.sid, "
    "authenticated = excluded.authenticated"
)
BAR = "INSERT INTO barred (mark, kind, barred_at) VALUES (?, ?, ?) ON CONFLICT (mark) DO NOTHING"
BARRED = "SELECT 1 FROM barred WHERE mark = ?"
CALLED = (
    "SELECT p.subject, p.sid, p.authenticated FROM provider_sessions p "
    "JOIN sessions s ON s.number = p.session WHERE s.id = ?"
)
STARTED = (
    f"SELECT {rows.READ_SESSION} FROM sessions WHERE state = 'active' AND number IN ("
    "SELECT session FROM provider_sessions WHERE sid = ? UNION "
    "SELECT session FROM provider_sessions WHERE subject = ?)"
)
SPENT = (
    "SELECT max(p.authenticated) FROM provider_sessions p JOIN sessions s ON s.number = p.session "
    "WHERE p.subject = ? AND s.site = ? AND s.state <> 'active'"
)
SPENT_LONG_AGO = "SELECT authenticated FROM spent_logins WHERE subject = ? AND site = ?"
"""Of sessions that were forgotten. To be asked after `SPENT`: what is forgotten goes from there to here."""
OF_SUBJECT = (
    f"SELECT {rows.READ_SESSION} FROM sessions WHERE state = 'active' AND site = ? AND subject = ? ORDER BY number"
)


def note(connection: Executes, session_id: str, provider: ProviderSession | None) -> None:
    """Within a transaction: what the provider calls a session, in place of what it did before."""
    if provider is not None:
        connection.execute(NOTE, (*provider, session_id))
