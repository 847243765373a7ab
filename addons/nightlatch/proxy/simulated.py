"""`--simulate-network`: a client on this machine says from which address it comes, so that a developer can play the
detectors and the rules about networks. Nobody else is believed, and the application never sees what was said.

    curl -H 'Nightlatch-Network: 203.0.113.7' …        document.cookie = "nightlatch-network=203.0.113.7; path=/"
"""

from ipaddress import ip_address

from nightlatch.core.origin_facts import is_loopback
from nightlatch.core.request import RequestView
from nightlatch.identity.cookies import cookie_values

HEADER = "nightlatch-network"
COOKIE = "nightlatch-network"


def from_elsewhere(request: RequestView) -> RequestView:
    """`request` as though it came from where it says; as it is when it says nothing, no address, or is not local."""
    if not is_loopback(request.address.removeprefix("::ffff:")):
        return request
    said = request.header(HEADER) or next(iter(cookie_values(request.headers, COOKIE)), "")
    try:
        return request._replace(address=str(ip_address(said.strip()))) if said else request
    except ValueError:
        return request
