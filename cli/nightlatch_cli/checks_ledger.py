"""What `nightlatch doctor` finds about the ledger: is it usable, private and whole, and was time moved?"""

import stat
from collections.abc import Iterator
from pathlib import Path

from nightlatch.clock import WarpedClock
from nightlatch.core.durations import format_duration
from nightlatch.core.policy import SECOND
from nightlatch.ledger.address import LedgerAddress, ServerAddress
from nightlatch.ledger.chain import verify_chain
from nightlatch.ledger.port import LedgerError, LedgerReader
from nightlatch_cli.checks import Check, Health
from nightlatch_cli.ledger_access import Bench, writing

NAME = "ledger"
WORTH_TELLING = 16 << 20
"""Bytes."""


def check_file(path: Path) -> Check:
    """Whether others on this machine can read who is logged in (and the key of the fingerprints)."""
    open_to = stat.S_IMODE(path.stat().st_mode) & 0o077
    if open_to:
        return Check("privacy", Health.WARN, f"others on this machine may open the ledger: chmod 600 {path}")
    return Check("privacy", Health.OK, "only you can open the ledger")


def check_access(address: ServerAddress) -> Check:
    """Whether the password stands where others on this machine can read it."""
    if address.secrets:
        return Check("privacy", Health.WARN, "the password is in the URL: give it by PGPASSWORD or ~/.pgpass")
    return Check("privacy", Health.OK, "no password is in the URL")


def check_ledger(reader: LedgerReader, address: LedgerAddress) -> Iterator[Check]:
    """Everything about a ledger that could be opened."""
    facts = reader.facts()
    sessions = ", ".join(f"{count} {state}" for state, count in sorted(facts.sessions.items())) or "no sessions"
    size = f"schema {facts.schema}, {facts.bytes // 1024} KiB, {facts.events} events, {sessions}"
    yield Check(NAME, Health.OK, f"{facts.path}: {size}")
    yield check_file(address) if isinstance(address, Path) else check_access(address)
    yield check_writable(address)
    yield check_space(reader)
    yield check_chain(reader)
    yield check_review(Bench(reader))
    yield check_clock(reader)


def check_writable(address: LedgerAddress) -> Check:
    """A guard that cannot write refuses everything."""
    try:
        with writing(address) as writer:
            writer.probe()
    except LedgerError as error:
        return Check("writable", Health.FAIL, str(error))
    return Check("writable", Health.OK, "the ledger can be written")


def check_space(reader: LedgerReader) -> Check:
    """Whether what was pruned can go back to the disk."""
    space = reader.space()
    free = f"{space.free // 1024} of {space.bytes // 1024} KiB are free"
    if space.shrinks or space.free * 2 < space.bytes or space.free < WORTH_TELLING:
        return Check("space", Health.OK, free)
    remedy = "stop its guards and give nightlatch audit prune --keep DURATION --vacuum once"
    return Check("space", Health.WARN, f"{free} and stay so, since an earlier version made this ledger: {remedy}")


def check_chain(reader: LedgerReader) -> Check:
    """Whether the audit trail is as it was written."""
    misfit = verify_chain(reader)
    if misfit is not None:
        return Check("audit trail", Health.FAIL, f"event {misfit.id} does not fit: {misfit.why}")
    return Check("audit trail", Health.OK, "every event fits")


def check_review(at: Bench) -> Check:
    """Whether somebody looks at the trail as often as the policy asks."""
    from nightlatch.audit.last_review import overdue

    policy = at.policy()
    if policy.review_every is None:
        return Check("review", Health.OK, "the policy asks for none (`review_every`)")
    late = overdue(at.reader, policy, at.now)
    if late is None:
        return Check("review", Health.OK, f"done within the last {format_duration(policy.review_every)}")
    by = format_duration(max(late // SECOND * SECOND, SECOND))
    return Check("review", Health.WARN, f"overdue by {by}: nightlatch audit review --done NAME")


def check_clock(reader: LedgerReader) -> Check:
    """Whether somebody moved time."""
    now, wall, warp = WarpedClock(reader).read()
    if not warp.segments:
        return Check("clock", Health.OK, "wall time")
    where = f"{format_duration(abs(now - wall))} {'ahead of' if now >= wall else 'behind'} wall time"
    frozen = ", and stands still" if warp.frozen else ""
    return Check(
        "clock", Health.WARN, f"{where}{frozen}: a test instrument is in use (`nightlatch clock reset` ends it)"
    )
