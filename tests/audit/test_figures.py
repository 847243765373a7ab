from collections import Counter
from pathlib import Path

from tests.review.kept import NOW, fill, kept

from nightlatch.audit.figures import Standing, figures
from nightlatch.core.policy import DAY, MINUTE
from nightlatch.metrics.snapshot import Decided, Latency


def test_the_ledgers_figures_stand_beside_the_guards(tmp_path: Path) -> None:
    policy = fill(tmp_path / "ledger.db")._replace(review_every=19 * DAY)
    decisions = Counter({Decided("allow", "", ""): 3})
    with kept(tmp_path / "ledger.db") as reader:
        told = figures(reader, Standing(policy, NOW, NOW - 31 * MINUTE, decisions, Latency(), True))
    assert told.sessions == {"active": 1, "ended": 1, "expired": 1} and told.decisions is decisions
    assert (told.clock_ahead, told.review_overdue) == (1860.0, 86400.0)
    assert told.alerts == {"refresh_storm": 1} and told.ledger_bytes > 0
