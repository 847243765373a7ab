from tests.replay.report.made import subject

from nightlatch.core.policy import DAY, HOUR, MINUTE, SECOND
from nightlatch.replay.report.side_by_side import coarse, figures, rows, shown


def test_a_figure_a_row_and_a_policy_a_column() -> None:
    told = dict(rows(subject().document))
    assert told["writes lost"] == ["1", "0"]
    assert told["sessions cut while still in use"] == ["3", "0"]
    assert told["logins again per person and day"] == ["1.00", "0.00"]
    assert "requests that ask for a fresh login" not in told
    tight, _ = figures(subject().document)
    assert (tight["name"], tight["lost_writes"], tight["expired"], tight["user_days"]) == ("tight", 1, 3, 3)


def test_durations_as_people_say_them() -> None:
    assert coarse(DAY + 2 * HOUR + 3 * MINUTE) == "1d 2h"
    assert coarse(61 * SECOND) == "1m 1s"
    assert coarse(0) == "0s"
    assert shown("exposure_seconds", 3661) == "1h 1m"
    assert shown("requests", 12345) == "12,345"
