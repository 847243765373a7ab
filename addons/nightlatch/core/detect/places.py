"""Where people come from: the networks in which a subject was seen within 30 days.

Pure but for its memory, which is filled from a store when somebody is first asked for: the ledger is the truth.
"""

from collections.abc import Callable, Sequence

from nightlatch.core.policy import DAY

FAMILIAR = 30 * DAY
STALE = DAY
"""A network that was seen this long ago is worth writing down again."""
REMEMBERED = 20_000

Load = Callable[[str, str, int], Sequence[str]]
"""The networks of a subject at a site since an instant, from the store."""


class Places:
    """The familiar networks of everybody who was lately asked for."""

    def __init__(self, load: Load, operator: Callable[[str], str] = lambda network: "") -> None:
        """`operator`: who runs a network (its autonomous system); empty when that is not known."""
        self._load, self._operator = load, operator
        self._known: dict[tuple[str, str], dict[str, int]] = {}
        self._loaded: set[tuple[str, str]] = set()
        """Of whom the store was asked: only where somebody comes from elsewhere than their session did."""

    def familiar(self, site: str, who: str, network: str, now: int) -> bool:
        """Whether `who` was seen in `network`, or in another of the same operator, within 30 days."""
        known = self._stored(site, who, now)
        seen = known.get(network)
        if seen is not None and now - seen < FAMILIAR:
            return True
        operator = self._operator(network)
        return bool(operator) and any(
            self._operator(each) == operator for each, at in known.items() if now - at < FAMILIAR
        )

    def saw(self, site: str, who: str, network: str, now: int) -> bool:
        """`who` was seen in `network`; whether that is worth writing down."""
        known = self._of(site, who)
        before = known.get(network)
        if before is not None and now - before < STALE:
            return False
        known[network] = now
        return True

    def _stored(self, site: str, who: str, now: int) -> dict[str, int]:
        """What was seen, here and by others."""
        known = self._of(site, who)
        if (site, who) not in self._loaded:
            # Of what was stored only the order is known, not when; it is within the 30 days now.
            known |= {network: now - STALE for network in self._load(site, who, now - FAMILIAR) if network not in known}
            self._loaded.add((site, who))
        return known

    def _of(self, site: str, who: str) -> dict[str, int]:
        """What was seen here since somebody was first asked for."""
        known = self._known.get((site, who))
        if known is None:
            if len(self._known) >= REMEMBERED:
                del self._known[oldest := next(iter(self._known))]
                self._loaded.discard(oldest)
            known = self._known[site, who] = {}
        return known
