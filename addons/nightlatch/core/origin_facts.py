"""What is remembered of where a client came from: its network and its user-agent family, coarse on purpose, so that
the audit trail tells one place or browser from another without keeping an address."""

from ipaddress import ip_address, ip_network

_FAMILIES = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("HeadlessChrome", "Chrome (headless)"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def network_of(address: str) -> str:
    """The /24 (IPv4) or /48 (IPv6) of `address`; empty when it is no address."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if mapped := getattr(ip, "ipv4_mapped", None):
        ip = mapped
    return str(ip_network(f"{ip}/{24 if ip.version == 4 else 48}", strict=False))


def is_loopback(host: str) -> bool:
    """Whether `host` is `localhost` or a loopback address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def agent_family(user_agent: str) -> str:
    """A browser's name, else the product token before the first slash, such as `curl`; at most 40 characters."""
    for token, family in _FAMILIES:
        if f"{token}/" in user_agent:
            return family
    product = user_agent.partition("/")[0].partition(" ")[0]
    return "".join(char for char in product if char.isalnum() or char in "-_.")[:40]
