from tests.replay.made import T0, exchange
from tests.replay.report.made import LOOSE, TIGHT, studied

from nightlatch.core.policy import MINUTE, SECOND
from nightlatch.replay.report.clocks import Clocks, clocks


def drawn(*seconds: float) -> Clocks:
    study = studied([exchange(at) for at in seconds], (TIGHT, LOOSE), sweeps=())
    marks = study.policies[0].outcome.observed
    assert marks is not None
    (times,) = marks.marks.values()
    return clocks([(each.lifetimes, times) for each in study.policies], study)


def test_idle_runs_down_and_is_wound_up_again() -> None:
    tight, loose = drawn(0, 300, 1500).wound
    assert tight.idle == "M0 100L0 0L200 50L200 0L600 100L600 100ZM1000 100L1000 0L1000 0L1000 100Z"
    assert loose.idle.startswith("M0 100L0 0L200 8L200 0L1000 33L")
    assert (tight.policy, loose.policy) == (0, 1)


def test_absolute_only_runs_down() -> None:
    tight, loose = drawn(0, 300, 1500).wound
    assert tight.absolute == "M0 0.0L600 3.1M1000 0.0L1000 0.0"
    assert loose.absolute == ""


def test_a_great_many_requests_are_a_short_path() -> None:
    times = [n / 10 for n in range(20_000)]
    tight, _ = drawn(*times).wound
    assert len(tight.idle) < 12_000
    levels = {point.split(" ")[1] for point in tight.idle[:-1].split("L")[1:-2]}
    assert levels == {"0"}


def test_who_never_had_a_session_has_no_clocks() -> None:
    assert clocks([], studied([exchange(0)], (TIGHT,), sweeps=())) == ([], [])


def test_its_axis_is_its_own() -> None:
    ticks = drawn(0, 300).across
    assert all(0 <= tick.at <= 100 for tick in ticks)
    assert T0 * SECOND % MINUTE
    assert [tick.label for tick in ticks] == ["22:14", "22:15", "22:16", "22:17", "22:18"]
