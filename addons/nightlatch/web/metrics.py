"""The guard's figures over HTTP, as Prometheus scrapes them."""

from nightlatch.audit.figures import Standing, figures
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
    now, wall, _ = control.clock()
    standing = Standing(control.policy(), now, wall, *control.counted(), control.trouble() is None)
    return await ask.ledger.ask(lambda reader: figures(reader, standing))
