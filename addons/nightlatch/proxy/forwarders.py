"""Who is really asking when another proxy stands in front: its word is taken where it was named, nobody else's.

`X-Forwarded-For` is read from the right, as each proxy adds at its end what it saw: the first address that is no
trusted forwarder is the client's, and what stands left of it is what the client said of itself. Pure.
"""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import ip_address, ip_network

from nightlatch.core.patterns import network_contains
from nightlatch.core.request import Headers

_NAME_HOPS = ("x-forwarded-for", "x-real-ip", "true-client-ip", "cf-connecting-ip")
"""Where proxies and tunnels say who was there before them. What none of them says nobody can know."""

_LONGEST = 64
"""How many hops are looked at: the rest is somebody's idea of a joke."""


def parse_network(text: str) -> str:
    """An address or a network (CIDR) as it was configured.

    Raises:
        ValueError: it is neither, or it takes in everybody.
    """
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise ValueError(
            f"--trusted-forwarder {text}: expected an address or a network, such as 10.0.0.5 or 10.0.0.0/8"
        ) from None
    if network.prefixlen == 0:
        raise ValueError(f"--trusted-forwarder {text}: that is everybody, so anybody could say to be anybody")
    return str(network)


def client_address(peer: str, headers: Headers, trusted: Sequence[str]) -> str:
    """The client's IP address; `peer` (who the connection comes from) unless that is a trusted forwarder."""
    address = peer
    if not is_trusted(address, trusted):
        return address
    named = [part.strip() for line in headers.get("x-forwarded-for", ()) for part in line.split(",")]
    for text in reversed(named[-_LONGEST:]):
        hop = _address(text)
        if hop is None:
            return address
        address = hop
        if not is_trusted(address, trusted):
            return address
    return address


def came_from_here(peer: str, headers: Headers) -> bool:
    """Whether a request was made on this machine as far as anybody says: the connection, and every hop that somebody in
    between has named. Nobody has to be trusted for that; a tunnel that lets the world in ends on this machine, too."""
    named = [part for name in _NAME_HOPS for line in headers.get(name, ()) for part in line.split(",")]
    return all(_is_here(hop.strip()) for hop in (peer, *named))


def _is_here(hop: str) -> bool:
    address = _address(hop)
    if address is None:
        return False
    found = ip_address(address)
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def client_scheme(peer: str, headers: Headers, trusted: Sequence[str]) -> str | None:
    """By which scheme the client asked the trusted forwarder that stands nearest; None when it does not say."""
    if not is_trusted(peer, trusted):
        return None
    said = [part.strip().lower() for line in headers.get("x-forwarded-proto", ()) for part in line.split(",")]
    return said[-1] if said and said[-1] in ("http", "https") else None


def is_trusted(address: str, trusted: Sequence[str]) -> bool:
    """Whether `address` is that of a forwarder whose word is taken."""
    return any(network_contains(network, address) for network in trusted)


@lru_cache(maxsize=4096)
def _address(text: str) -> str | None:
    """An address as proxies write it: bare, with a port, IPv6 in brackets; None for everything else."""
    bare = text.strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(ip_address(bare.partition("%")[0]))
    except ValueError:
        return None
