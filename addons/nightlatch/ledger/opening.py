"""Opening a ledger wherever it is: a file by SQLite, a URL by PostgreSQL. Everyone who opens one does so here.

What only one of the two needs is loaded only for it: a short command on a file does not wait for the driver of a
server, and whoever has no server need not install one.
"""

from nightlatch.ledger.address import LedgerAddress, ServerAddress, ledger_at
from nightlatch.ledger.port import LedgerError, LedgerReader, LedgerWriter

EXTRA = "pip install 'nightlatch[postgres]'"


def open_reader(given: str | LedgerAddress, *, on_loop: bool = False) -> LedgerReader:
    """The reading half of the ledger `given`, a path or a URL.

    Args:
        given: the path or the URL.
        on_loop: it is asked on the event loop, so a server that hangs is given up within a second.

    Raises:
        LedgerError: it cannot be used; the message names the remedy.
    """
    address = ledger_at(given)
    if isinstance(address, ServerAddress):
        _check_driver(address)
        from nightlatch.ledger.postgres import opening as postgres

        return postgres.open_reader(address, on_loop=on_loop)
    from nightlatch.ledger import reader as sqlite

    return sqlite.open_reader(address)


def open_writer(given: str | LedgerAddress) -> LedgerWriter:
    """The writing half of the ledger `given`, which is made, or brought up to date, first. To be used by one thread.

    Raises:
        LedgerError: it cannot be used; the message names the remedy.
    """
    address = ledger_at(given)
    if isinstance(address, ServerAddress):
        _check_driver(address)
        from nightlatch.ledger.postgres import opening as postgres

        return postgres.open_writer(address)
    from nightlatch.ledger import writer as sqlite

    return sqlite.open_writer(address)


def _check_driver(address: ServerAddress) -> None:
    try:
        import psycopg  # noqa: F401 (whether it is there)
    except ImportError as error:
        raise LedgerError(f"The ledger {address} needs a driver for PostgreSQL: {EXTRA} ({error})") from error
