"""Checkpoints against the chain that is kept: what was true of it once must still be true."""

from nightlatch.ledger.chain import Misfit
from nightlatch.ledger.chain_port import ChainReader


def against_chain(ledger: ChainReader, event_id: int, expected: str) -> Misfit | None:
    """Why the event `event_id` is not what a checkpoint says it was (`expected` is its hash); None when it is.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    base = ledger.chain_base()
    if event_id < base.id:
        return None  # pruned since: the event that vouches for it stands in the chain itself
    if event_id == base.id:
        found: str | None = base.hash
    else:
        link = ledger.link(event_id)
        found = link.hash if link is not None else None
    if found is None:
        return Misfit(event_id, "it is missing, and a checkpoint knows it")
    return None if found == expected else Misfit(event_id, "it is not the event that a checkpoint knows")
