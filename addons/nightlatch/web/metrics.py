"""The guard's figures over HTTP, as Prometheus scrapes them."""

from nightlatch.audit.last_review import overdue
from nightlatch.core.policy import SECOND
from nightlatch.ledger.port import LedgerReader
from nightlatch.metrics.prometheus import CONTENT_TYPE, exposition
from nightlatch.metrics.snapshot import Snapshot
from nightlatch.web.asking import Answer, Ask


async def scrape(ask: Ask) -> Answer:
    """Decisions, latencies, sessions, the ledger, detectors: what monitoring asks for, in Prometheus' text format."""
    text = exposition(await snapshot(ask))
    return Answer(text, headers={"Content-Type": CONTENT_TYPE})


async def snapshot(ask: Ask) -> Snapshot:
    """The figures now; what takes a look at the whole ledger is done on the reader's thread."""
    control = ask.control
    (now, wall, _), policy = control.clock(), control.policy()
    decisions, latency = control.counted()

    def read(reader: LedgerReader) -> Snapshot:
        facts = reader.facts()
        return Snapshot(
            decisions=decisions,
            latency=latency,
            sessions=facts.sessions,
            events=facts.events,
            ledger_bytes=facts.bytes,
            ledger_usable=control.trouble() is None,
            alerts=reader.alert_counts(),
            policy=policy.name,
            policy_version=policy.version,
            clock_ahead=(now - wall) / SECOND,
            review_overdue=(overdue(reader, policy, now) or 0) / SECOND,
        )

    return await ask.ledger.ask(read)
