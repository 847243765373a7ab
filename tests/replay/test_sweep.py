import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.replay.made import exchange, judged, observed, policy, rule

from nightlatch.core.policy import HOUR, MINUTE, SECOND
from nightlatch.core.verdict import Clock
from nightlatch.replay.sweep import DEFAULT, Sweep, knee, parse_sweep, run_sweep


@pytest.mark.parametrize(
    ("text", "sweep"),
    [
        ("idle=5m..20m/5m", Sweep(Clock.IDLE, tuple(MINUTE * n for n in (5, 10, 15, 20)))),
        ("idle=5m..60m/5m", DEFAULT),
        (" idle = 5m .. 14m / 5m ", Sweep(Clock.IDLE, (5 * MINUTE, 10 * MINUTE))),
        ("absolute=1h..1h/1m", Sweep(Clock.ABSOLUTE, (HOUR,))),
        ("admin.idle=1m,30s,1m", Sweep(Clock.IDLE, (30 * SECOND, MINUTE), "admin")),
        ("a.b.idle=1m", Sweep(Clock.IDLE, (MINUTE,), "a.b")),
    ],
)
def test_what_can_be_swept(text: str, sweep: Sweep) -> None:
    assert parse_sweep(text) == sweep


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "expected such as idle=5m..60m/5m"),
        ("rolling=1h,2h", "expected such as"),
        ("idle=20m..5m/5m", "5m is before 20m"),
        ("idle=1s..1h/1s", "more than 200 values"),
        ("idle=5m..off/1m", '"off" has no place'),
        ("idle=5m..1h", "is no duration"),
        ("idle=0m..1h/5m", "is no duration"),
        ("idle=5M", "minutes or months"),
    ],
)
def test_what_cannot(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse_sweep(text)


def test_a_point_is_a_replay_under_that_limit() -> None:
    exchanges = [exchange(at, method="POST") for at in (0, 100, 400, 1000, 2000)]
    curve = run_sweep(Sweep(Clock.IDLE, (50 * SECOND, 350 * SECOND)), observed(exchanges, policy(999, None)))
    for point, idle in zip(curve.points, (50, 350), strict=True):
        alone = judged(exchanges, policy(idle, None))[0]
        assert (point.limit, point.relogins) == (idle * SECOND, alone["relogins"])
        assert (point.lost_writes, point.exposure // SECOND) == (alone["lost_writes"], alone["exposure_seconds"])
    assert [point.relogins_per_user_day for point in curve.points] == [4, 2]
    assert [point.open // SECOND for point in curve.points] == [4 * 50, 750 + 350]
    assert curve.knee is None


def test_nobody_logs_in_again_where_that_was_said() -> None:
    replayed = observed([exchange(0), exchange(100)], policy(50, None), relogin=False)
    assert [point.relogins for point in run_sweep(Sweep(Clock.IDLE, (50 * SECOND,)), replayed).points] == [0]


def test_a_rules_limit_is_swept_alone() -> None:
    under = policy(1000, None, rule("tight", "/tight", 100, None))
    replayed = observed([exchange(0), exchange(200, "/tight")], under)
    sweep = Sweep(Clock.IDLE, (100 * SECOND, 300 * SECOND), "tight")
    assert [point.relogins for point in run_sweep(sweep, replayed).points] == [1, 0]
    with pytest.raises(ValueError, match="no guarded rule"):
        run_sweep(sweep._replace(rule="nope"), replayed)


def test_the_knee_is_where_the_curve_bends() -> None:
    assert knee([(10, 0), (3, 1), (2.5, 5), (2, 10)]) == 1
    assert knee([(10, 0), (9, 4), (8, 5), (1, 6), (0, 10)]) == 3
    assert knee([(10, 0), (5, 5), (0, 10)]) is None
    assert knee([(10, 0), (9, 9), (0, 10)]) is None
    assert knee([(10, 0), (0, 10)]) is None
    assert knee([(3, 1), (3, 2), (3, 3)]) is None
    assert knee([]) is None


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e12)), max_size=20), st.floats(1, 1000))
def test_the_knee_does_not_hang_on_units(points: list[tuple[float, float]], factor: float) -> None:
    found = knee(points)
    assert found is None or 0 < found < len(points) - 1
    if found is not None and len({p[0] for p in points}) == len(points):
        scaled = knee([(a * 2, b * 4) for a, b in points])
        assert scaled == found
