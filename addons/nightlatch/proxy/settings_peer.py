"""The option `respond_as`: whose answers are given in place of nightlatch's own."""

from nightlatch.core.peers import PEERS, Peer

NIGHTLATCH = "nightlatch"
"""The default: nobody is imitated."""

NAMES = (NIGHTLATCH, *PEERS)


def parse_peer(name: str) -> Peer | None:
    """The peer called `name`; None for nightlatch itself.

    Raises:
        KeyError: no peer has that name.
    """
    return None if name in ("", NIGHTLATCH) else PEERS[name]
