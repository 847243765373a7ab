"""What a capture does not tell although a policy goes by it, or tells in another time: said with the figures, so that
nobody takes them for more than they are. Changes no figure; knows no format of captures and no kind of report."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nightlatch.core.identity import Identity
from nightlatch.core.policy import Policy
from nightlatch.replay.presented import Presenter
from nightlatch.replay.timeline import Timeline

BETTER = "what `nightlatch run --record` writes tells more"


class Caveat(NamedTuple):
    """One sentence, and the rule of the first policy that it is about, if any."""

    message: str
    rule: str | None = None


def caveats(timeline: Timeline, policies: Sequence[Policy], presented: Presenter) -> tuple[Caveat, ...]:
    """What has to be known of the figures.

    Args:
        timeline: what was judged.
        policies: by what; of several that have a rule of one name it is told once.
        presented: who each request says it is.
    """
    return (*_warped(timeline), *_without_groups(timeline, policies, presented))


def _warped(timeline: Timeline) -> Iterator[Caveat]:
    if timeline.warped:
        count = f"{timeline.warped} answer{'s' * (timeline.warped != 1)}"
        yield Caveat(
            f"{count} came from a guard whose clock was moved (Nightlatch-Clock), and the capture has the times of the "
            f"wall, by which less runs out; {BETTER}"
        )


def _without_groups(timeline: Timeline, policies: Sequence[Policy], presented: Presenter) -> Iterator[Caveat]:
    names = {rule.name: None for policy in policies for rule in policy.rules if rule.require.group}
    if not names or not _group_unknown(timeline, presented):
        return
    for name in names:
        yield Caveat(
            f"rule {name} requires a group, and the capture does not tell anybody's groups: "
            f"its requests are judged denied; {BETTER}",
            name,
        )


def _group_unknown(timeline: Timeline, presented: Presenter) -> bool:
    """Whether there are requests of which the groups would have to be known, and no request tells any."""
    told = [presented(exchange) for exchange in timeline.exchanges if exchange.recorded is None]
    return bool(told) and not any(isinstance(who, Identity) and who.groups for who in told)
