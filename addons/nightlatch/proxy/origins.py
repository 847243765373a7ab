"""Origins (RFC 6454) as they appear in header fields, compared whatever their spelling. Pure."""

from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """Scheme and host in lower case, the port never left out; an IPv6 host without brackets."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """As `Host` names it, a default port left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if DEFAULT_PORTS[self.scheme] == self.port else f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine to every browser: `localhost`, below it, or a loopback address."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"


@lru_cache(maxsize=512)
def origin_of(url: str, base_scheme: str = "") -> Origin | None:
    """The origin of an absolute URL, or of a `//host` reference on a page of `base_scheme`; None when it names none.

    A backslash counts as a slash, as in browsers (WHATWG URL).
    """
    text = url.strip().replace("\\", "/")
    try:
        parts = urlsplit(text, base_scheme)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not host or "@" in parts.netloc:
        return None
    return Origin(parts.scheme, host.rstrip("."), port or DEFAULT_PORTS[parts.scheme])


def moved(url: str, source: Origin | None, target: Origin | None) -> str:
    """`url` with `target` in place of `source` when that is its origin; any other URL as it is."""
    if source is None or target is None:
        return url
    text = url.strip()
    if origin_of(text, source.scheme) != source:
        return url
    start = text.replace("\\", "/").index("//") + 2
    end = min((place for place in map(text.find, "/\\?#", [start] * 4) if place >= 0), default=len(text))
    return f"{target}{text[end:]}"
