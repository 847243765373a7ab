"""A ledger with a month in it: sessions that ended each in its way, an alert, policies, a forged reuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ledger.samples import T0, a_decision, a_finding, a_session, an_event

from nightlatch.core.events import Event, EventType
from nightlatch.core.policy import DAY, HOUR, MINUTE, Policy
from nightlatch.core.session import End
from nightlatch.ledger.port import LedgerReader
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer
from nightlatch.presets import load_policy

NOW = T0 + 20 * DAY
HOSTILE = "<script>alert(1)</script>|`x`"


def fill(path: Path) -> Policy:
    """Write it; the policy in force."""
    policy = load_policy("default")
    writer = open_writer(path)
    writer.policy(policy.name, policy.version, policy.text, T0)
    writer.record([Event(EventType.POLICY_LOADED, T0, policy=policy.version, detail={"name": policy.name})])
    _sessions(writer)
    writer.record([an_event(EventType.SESSION_REUSED_AFTER_END, T0 + 3 * DAY, session="idle")])
    writer.record([Event(EventType.LOGIN_FAILED, T0 + DAY, policy=policy.version, detail={"login": "dev"})])
    writer.raise_alert(a_finding("idle", T0 + 3 * DAY), "alert", policy.version)
    times = range(0, 3 * HOUR, MINUTE)
    writer.log([a_decision(f"d{at}", "live", at=NOW - 3 * HOUR + at, path="/api/poll", method="GET") for at in times])
    writer.close()
    return policy


def _sessions(writer: object) -> None:
    from nightlatch.ledger.writer import SqliteWriter

    assert isinstance(writer, SqliteWriter)
    ends = {
        "idle": (T0 + HOUR, End(T0 + DAY, "expired", "idle", 30 * MINUTE, 30 * MINUTE, None, T0)),
        "out": (T0 + DAY, End(T0 + DAY + 7 * HOUR, "logout")),
    }
    for key, (start, end) in ends.items():
        writer.create(a_session(key, start, subject=HOSTILE), key.encode(), [an_event(at=start, session=key)])
        kind = EventType.SESSION_EXPIRED if end.clock else EventType.SESSION_ENDED
        detail = {"clock": end.clock} if end.clock else {"reason": end.reason}
        writer.end(key, end, Event(kind, end.at, key, HOSTILE, policy="v1", detail=detail))
    start = NOW - 4 * HOUR
    live = a_session("live", start)._replace(last_active_at=NOW, gap=29 * MINUTE)
    writer.create(live, b"live", [an_event(at=start, session="live")])


@contextmanager
def kept(path: Path) -> Iterator[LedgerReader]:
    reader = open_reader(path)
    try:
        yield reader
    finally:
        reader.close()
