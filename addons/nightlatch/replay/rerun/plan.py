"""Which of the captured requests are sent again, and which are not, and why: no write unless told, nothing of another
site, nothing that never ends. Sends nothing itself."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from nightlatch.core.activity import is_preflight
from nightlatch.core.identity import Identity, Presented
from nightlatch.replay.exchange import Exchange
from nightlatch.replay.observations import READS
from nightlatch.replay.presented import label
from nightlatch.replay.rerun.captured import Place, Sent

WRITE, ELSEWHERE, STREAM, PREFLIGHT, UNKNOWN = "write", "other site", "stream", "preflight", "unreadable"


class Step(NamedTuple):
    """A request to be sent, `at` microseconds after the first of all."""

    at: int
    session: str
    """Empty for a request without a credential."""
    exchange: Exchange
    sent: Sent


class Plan(NamedTuple):
    """What is sent, in order of time; how many requests are held back, by reason; the origin that all of it was for."""

    steps: tuple[Step, ...]
    held_back: Mapping[str, int]
    origin: str


def planned(
    exchanges: Iterable[Exchange],
    presented: Callable[[Exchange], Presented],
    sent: Mapping[Place, Sent],
    *,
    session: str = "",
    origin: str = "",
    writes: bool = False,
) -> Plan:
    """What is to be sent.

    Args:
        exchanges: the captured requests, in order of time.
        presented: who each says it is.
        sent: what they were word for word.
        session: only those of the session whose name begins so; empty for all.
        origin: only those for this site; empty for that with the most requests.
        writes: send requests other than GET, HEAD and OPTIONS too.
    """
    named = [(exchange, _name(presented(exchange))) for exchange in exchanges]
    chosen = [(exchange, name) for exchange, name in named if name.startswith(session)]
    sites = Counter(exchange.origin for exchange, _ in chosen)
    site = origin or max(sites, key=lambda each: sites[each], default="")
    held, steps, begins = Counter[str](), list[Step](), None
    for exchange, name in chosen:
        asked = sent.get((exchange.file, exchange.position))
        why = _held_back(exchange, asked, site, writes)
        if why or asked is None:
            held[why] += 1
            continue
        begins = exchange.at if begins is None else begins
        steps.append(Step(exchange.at - begins, name, exchange, asked))
    return Plan(tuple(steps), dict(held), site)


def _name(presented: Presented) -> str:
    return label(presented) if isinstance(presented, Identity) else ""


def _held_back(exchange: Exchange, sent: Sent | None, site: str, writes: bool) -> str:
    """Why it is not sent; empty where it is."""
    if exchange.origin != site:
        return ELSEWHERE
    if sent is None:
        return UNKNOWN
    if is_preflight(exchange.request):
        return PREFLIGHT
    if exchange.streamed or "upgrade" in exchange.request.headers:
        return STREAM
    return WRITE if exchange.request.method not in READS and not writes else ""
