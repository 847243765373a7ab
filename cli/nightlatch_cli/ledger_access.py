"""How commands come by the ledger, the time and the policy in force. Knows the ledger's port, no SQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nightlatch.clock import WarpedClock
from nightlatch.core.policy import Policy
from nightlatch.ledger.address import LedgerAddress
from nightlatch.ledger.opening import open_reader, open_writer
from nightlatch.ledger.policies_port import PolicyVersion
from nightlatch.ledger.port import LedgerReader, LedgerWriter


@contextmanager
def reading(ledger: str | LedgerAddress) -> Iterator[LedgerReader]:
    """The ledger `ledger`, a path or a URL, to be asked.

    Raises:
        LedgerError: there is none, or it cannot be read (exit code 6).
    """
    reader = open_reader(ledger)
    try:
        yield reader
    finally:
        reader.close()


@contextmanager
def writing(ledger: str | LedgerAddress) -> Iterator[LedgerWriter]:
    """The ledger `ledger`, a path or a URL, to be changed. To be used within `reading`: a command makes no new ledger.

    Raises:
        LedgerError: it cannot be written (exit code 6).
    """
    writer = open_writer(ledger)
    try:
        yield writer
    finally:
        writer.close()


class Bench:
    """A ledger being read, the time at which it is read, and the policies of its sites."""

    def __init__(self, reader: LedgerReader) -> None:
        self.reader = reader
        self._clock = WarpedClock(reader)
        self.now = self._clock.now()
        self._policies: dict[str | None, Policy] = {}

    def refresh(self) -> None:
        """Look again: the time is now, and the policies may have changed."""
        self.now = self._clock.now()
        self._policies.clear()

    def policy(self, site: str | None = None) -> Policy:
        """The policy in force: the one under which the guard of `site` runs, else the one that was loaded last, else
        the default."""
        if site not in self._policies:
            self._policies[site] = _policy_of(self.reader, site)
        return self._policies[site]


@contextmanager
def bench(ledger: str | LedgerAddress) -> Iterator[Bench]:
    """The ledger `ledger`, a path or a URL, as a `Bench`.

    Raises:
        LedgerError: there is none, or it cannot be read (exit code 6).
    """
    with reading(ledger) as reader:
        yield Bench(reader)


def _policy_of(reader: LedgerReader, site: str | None) -> Policy:
    from nightlatch.presets import load_policy

    loaded = reader.policies()
    there = [guard for guard in reader.guards() if guard.site == site]
    guard = next((guard for guard in there if reader.runs(guard.pid)), next(iter(there), None))
    asked = "" if guard is None else guard.policy
    names, exact = {asked, Path(asked).stem}, "" if guard is None else guard.version
    known = sorted(loaded, key=lambda each: (each.version == exact, each.name in names), reverse=True)
    version = known[0] if known else None
    return (_read(version) if version else None) or load_policy("default")


def _read(version: PolicyVersion) -> Policy | None:
    """A policy from the ledger's own copy, which stays true when the file has been edited since; None when this
    nightlatch reads policies otherwise than the one that wrote it."""
    from nightlatch.core.policy_toml import PolicyInvalid, read_policy
    from nightlatch.presets import load_policy

    try:
        return read_policy(version.text, name=version.name, floors=load_policy)
    except PolicyInvalid:
        return None
