"""Opens the ledger under stress, whatever it is made of: the one place that would have to learn of another kind."""

import contextlib
from collections.abc import Iterator

from nightlatch.ledger.port import LedgerReader, LedgerWriter
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer


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
