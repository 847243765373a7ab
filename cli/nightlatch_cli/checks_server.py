"""What `nightlatch doctor` finds about the PostgreSQL server of a ledger: does it keep what it acknowledged, and can
anybody on the way to it read along?"""

from collections.abc import Iterator, Mapping

from nightlatch.ledger.address import ServerAddress
from nightlatch_cli.checks import Check, Health

RELOAD = "in postgresql.conf, then SELECT pg_reload_conf()"
VERIFY = "?sslmode=verify-full&sslrootcert=FILE in the URL"


def check_server(address: ServerAddress) -> Iterator[Check]:
    """Everything about a server that could be reached.

    Raises:
        LedgerError: it no longer can.
    """
    from nightlatch.ledger.postgres.server_facts import server_facts

    facts = server_facts(address)
    yield Check("postgresql", Health.OK, facts.version)
    yield check_durability(facts.settings)
    yield check_way(facts.sslmode, near=facts.near, encrypted=facts.encrypted)


def check_durability(settings: Mapping[str, str]) -> Check:
    """Whether an end that was acknowledged survives a power cut (law of time 5)."""
    name = "durability"
    if settings.get("fsync") != "on":
        lost = "fsync = off: after a power cut, ended sessions may live again, or the ledger be damaged"
        return Check(name, Health.FAIL, f"the server has {lost}. Set fsync = on {RELOAD}")
    if settings.get("full_page_writes") != "on":
        torn = "full_page_writes = off: a page that a power cut tore is damaged for good"
        only = "unless its file system never tears one (ZFS)"
        return Check(name, Health.WARN, f"the server has {torn}, {only}. Set full_page_writes = on {RELOAD}")
    usual = settings.get("synchronous_commit", "")
    if usual in ("on", "remote_apply"):
        return Check(name, Health.OK, "what is acknowledged is on the server's disk")
    return Check(
        name, Health.OK, f"what is acknowledged is on the server's disk, although it has synchronous_commit = {usual}"
    )


def check_way(sslmode: str, *, near: bool, encrypted: bool) -> Check:
    """Whether others on the network can read who is logged in, or answer in the server's place."""
    name = "connection"
    if near:
        return Check(name, Health.OK, "the server is on this machine")
    if not encrypted:
        everybody = "whoever is on the way to the server can read the ledger and change what it answers"
        return Check(name, Health.WARN, f"not encrypted: {everybody}. Give {VERIFY}")
    if sslmode != "verify-full":
        anybody = f"encrypted, but anybody could answer in the server's place (sslmode={sslmode})"
        return Check(name, Health.WARN, f"{anybody}. Give {VERIFY}")
    return Check(name, Health.OK, "encrypted, and the server's certificate is verified")
