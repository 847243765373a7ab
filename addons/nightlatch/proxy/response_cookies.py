"""Set-Cookie lines of an application behind the guard, made fit for the guard's own origin. Pure.

An application that believes itself on its own host or on https sets cookies that a browser in front of the guard
refuses: with the application's host as `Domain`, or `Secure` where the guarded site is plain http (Safari refuses
those even on localhost, WebKit bug 281149).
"""

from collections.abc import Iterable

from nightlatch.proxy.origins import Origin

PREFIXES = ("__host-", "__secure-")
"""Cookie names that a browser accepts with `Secure` only (RFC 6265bis section 4.1.3): changing them would not help."""


def needs_https(line: str) -> bool:
    """Whether the cookie of this Set-Cookie line cannot be had over http."""
    return line.lstrip().lower().startswith(PREFIXES)


def mend_set_cookie(line: str, own: Origin, upstream: Origin) -> str:
    """`line` as the guard at `own` must say it, so that a browser keeps the cookie that `upstream` meant to set."""
    pair, *attributes = line.split(";")
    kept = [attribute for attribute in attributes if not _names_upstream(attribute, own, upstream)]
    if own.scheme == "http" and not needs_https(line):
        kept = list(_without_https(kept))
    return line if kept == attributes else ";".join((pair, *kept))


def _names_upstream(attribute: str, own: Origin, upstream: Origin) -> bool:
    """Whether `attribute` is a Domain that the application's host belongs to and the guard's need not: a host-only
    cookie serves as well, but where the guard is below the same registered name and the cookie is to be shared."""
    name, _, value = attribute.partition("=")
    domain = value.strip().lower().lstrip(".")
    if name.strip().lower() != "domain" or not domain:
        return False
    shared = _within(own.host, domain) and own.host != domain and "." in domain
    return _within(upstream.host, domain) and not shared


def _within(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _without_https(attributes: Iterable[str]) -> Iterable[str]:
    """Attributes that mean something over http: no `Secure`, no `Partitioned`, and no `SameSite=None`, which needs
    `Secure` (RFC 6265bis section 5.7) and becomes what browsers take when nothing is said."""
    for attribute in attributes:
        name, _, value = (part.strip().lower() for part in attribute.partition("="))
        if name in ("secure", "partitioned"):
            continue
        yield " SameSite=Lax" if (name, value) == ("samesite", "none") else attribute
