"""Which addresses this machine has, and whether anything answers at one."""

import contextlib
import ipaddress
import socket

PATIENCE = 0.5
"""Seconds to wait for a connection on this machine."""

_FAR = (("192.0.2.1", socket.AF_INET), ("2001:db8::1", socket.AF_INET6))
"""Addresses for documentation (RFC 5737, RFC 3849): nobody's. Nothing is sent; they only make the kernel choose."""


def is_loopback(host: str) -> bool:
    """Whether `host` can only mean this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def addresses_of_this_machine() -> list[str]:
    """The addresses at which others reach this machine, as far as it knows them itself."""
    found = {address for far, family in _FAR if (address := _own_address(far, family))}
    with contextlib.suppress(OSError):
        found |= {str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None)}
    return sorted(address for address in found if not is_loopback(address.partition("%")[0]))


def _own_address(far: str, family: int) -> str | None:
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((far, 9))
        return str(probe.getsockname()[0])
    return None


def answers(host: str, port: int) -> bool:
    """Whether a connection to `host` and `port` is accepted."""
    try:
        socket.create_connection((host, port), PATIENCE).close()
    except (OSError, ValueError):
        return False
    return True
