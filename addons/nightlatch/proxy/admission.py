"""Whether a request can be judged at all: who is asked, and in what form (laws of trust 2 and 9).

What cannot be judged does not pass. Pure: it sees the request's parts, and answers with a status and a reason.
"""

from functools import lru_cache
from typing import NamedTuple

from nightlatch.core.origin_facts import is_loopback
from nightlatch.core.request import RequestView
from nightlatch.proxy.framing import fault_of_line

_VERSIONS = frozenset({"HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "HTTP/3", "HTTP/3.0"})


class Refusal(NamedTuple):
    """An answer given before any judgement; `page` names the page that a browser gets."""

    status: int
    page: str
    detail: str


class Target(NamedTuple):
    """How the request names what it asks: the target's own authority (HTTP/2 or absolute form) and `Host`."""

    authority: str
    hosts: tuple[str, ...]
    scheme: str
    version: str = "HTTP/1.1"
    fault: str | None = None
    """What is wrong with its header fields."""


def admit(request: RequestView, target: Target, known_hosts: tuple[str, ...]) -> Refusal | None:
    """None when the request can be judged, else what to answer instead.

    Args:
        request: the request, its `host` taken from the target's authority, else from `Host`.
        target: the same, in the client's own words.
        known_hosts: host names the guarded site answers for besides loopback.
    """
    return admit_line(request) or admit_target(request.host, target, known_hosts)


def admit_line(request: RequestView) -> Refusal | None:
    """What hangs on the method, the path and the query alone."""
    fault = fault_of_line(request.method, request.path, request.query)
    return None if fault is None else Refusal(400, "bad_request", fault)


def admit_target(host: str, target: Target, known_hosts: tuple[str, ...]) -> Refusal | None:
    """What hangs on everything else, and is the same for all requests that are alike."""
    multiplexed = bool(target.authority) and not target.version.startswith("HTTP/1.")
    if len(target.hosts) != 1 and not (multiplexed and not target.hosts):
        return Refusal(400, "bad_request", "A request needs exactly one Host header.")
    if target.authority and target.hosts and not _same(target.authority, target.hosts[0], target.scheme):
        return Refusal(400, "bad_request", "The Host header and the request target name different hosts.")
    if not _plain(target.authority or target.hosts[0]):
        return Refusal(400, "bad_request", "The Host header is malformed.")
    if target.version not in _VERSIONS:
        return Refusal(400, "bad_request", "That version of HTTP is unknown.")
    if target.fault is not None:
        return Refusal(400, "bad_request", target.fault)
    if not answers_for(host, known_hosts):
        return Refusal(421, "misdirected", host)
    return None


@lru_cache(maxsize=1024)
def answers_for(host: str, known_hosts: tuple[str, ...]) -> bool:
    """Whether the guarded site answers for `host`: `localhost`, below it, loopback, or a host that it was told."""
    return host.endswith(".localhost") or host in known_hosts or is_loopback(host)


@lru_cache(maxsize=1024)
def _plain(authority: str) -> bool:
    return bool(authority) and not any(char in "@/\\?# \t,;%\"'<>" or not " " < char < "\x7f" for char in authority)


def _same(one: str, other: str, scheme: str) -> bool:
    return _normal(one, scheme) == _normal(other, scheme)


def _normal(authority: str, scheme: str) -> str:
    default = ":443" if scheme == "https" else ":80"
    return authority.strip().lower().removesuffix(default)
