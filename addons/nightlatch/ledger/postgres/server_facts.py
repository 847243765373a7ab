"""What a server keeps of the ledger's promises is in its hands: how it is set, and the way to it. For `doctor`.

Knows the driver and the server's settings; no table. What is good enough is for whoever asks.
"""

import ipaddress
from collections.abc import Mapping
from typing import NamedTuple

import psycopg

from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.postgres.connection import AT_LEISURE, connect
from nightlatch.ledger.postgres.remedies import explain

ASKED = ("fsync", "full_page_writes", "synchronous_commit")
_SETTINGS = f"SELECT name, setting FROM pg_settings WHERE name IN ({', '.join(map(repr, ASKED))})"


class ServerFacts(NamedTuple):
    """How a server is set, and how it was reached."""

    version: str
    settings: Mapping[str, str]
    """Those of `ASKED`: the server's, and what is set for this user and database."""
    near: bool
    """On this machine: by a socket, or a loopback address."""
    sslmode: str
    """What was asked of TLS, as libpq calls it."""
    encrypted: bool


def server_facts(address: ServerAddress) -> ServerFacts:
    """The facts of the server at `address`.

    Raises:
        LedgerError: it cannot be asked; the message names the remedy.
    """
    connection = connect(address, AT_LEISURE, read_only=True)
    try:
        settings = dict(connection.execute(_SETTINGS).fetchall())
    except psycopg.Error as error:
        raise explain(address, error) from error
    finally:
        way = connection.way
        connection.close()
    return ServerFacts(connection.version, settings, is_near(way.host), way.sslmode, way.encrypted)


def is_near(host: str) -> bool:
    """Whether `host`, an address, the folder of a socket or nothing, is on this machine."""
    if not host or host.startswith(("/", "@")):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
