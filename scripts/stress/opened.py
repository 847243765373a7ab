"""Opens the ledger under stress for the time of a block, whatever it is made of."""

import contextlib
from collections.abc import Iterator

from nightlatch.ledger.opening import open_reader, open_writer
from nightlatch.ledger.port import LedgerReader, LedgerWriter


@contextlib.contextmanager
def writing(ledger: str) -> Iterator[LedgerWriter]:
    """The writing half of the ledger at a path or URL."""
    with contextlib.closing(open_writer(ledger)) as writer:
        yield writer


@contextlib.contextmanager
def reading(ledger: str) -> Iterator[LedgerReader]:
    """The reading half."""
    with contextlib.closing(open_reader(ledger)) as reader:
        yield reader
