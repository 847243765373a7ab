"""Two policies over the same traffic: which requests fare otherwise, and whom one cuts off where the other does not."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from nightlatch.core.verdict import PASSES, Kind
from nightlatch.replay.observations import Observations, Refusal, credential_of
from nightlatch.replay.replaying import Replayed


class Difference(NamedTuple):
    """How the first policy differs from another one, the `base`."""

    policy: str
    base: str
    verdicts: tuple[tuple[Kind, Kind, int], ...]
    """From what the base says, to what the first policy says, and of how many requests; the most first."""
    cut: tuple[Refusal, ...]
    """Of each person the first request that the first policy answers `expired` and the base lets pass."""
    spared: tuple[Refusal, ...]
    """The other way round."""


def differences(replayed: Replayed) -> Iterator[Difference]:
    """The first policy against each of the others."""
    first, *others = replayed.outcomes
    for other in others:
        if first.observed is not None and other.observed is not None:
            yield _difference((first.policy.name, other.policy.name), first.observed, other.observed)


def _difference(names: tuple[str, str], ours: Observations, theirs: Observations) -> Difference:
    verdicts: Counter[tuple[Kind, Kind]] = Counter()
    for (our, _), (their, _) in zip(ours.decided, theirs.decided, strict=True):
        if our is not their:
            verdicts[their, our] += 1
    return Difference(
        *names,
        tuple((their, our, count) for (their, our), count in verdicts.most_common()),
        _cut(ours, theirs),
        _cut(theirs, ours),
    )


def _cut(these: Observations, those: Observations) -> tuple[Refusal, ...]:
    """Where sessions were cut by these and not by those: a credential once."""
    found: dict[str, Refusal] = {}
    for index, refusal in these.refused:
        if those.decided[index][0] in PASSES:
            found.setdefault(credential_of(refusal.session), refusal)
    return tuple(found.values())
