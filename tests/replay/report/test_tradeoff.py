from tests.replay.report.made import studied

from nightlatch.core.policy import HOUR
from nightlatch.replay.report.tradeoff import tradeoff
from nightlatch.replay.sweep import Point


def test_a_dot_a_value_and_a_mark_a_policy() -> None:
    study = studied()
    drawn = tradeoff(study.curves[0], study)
    assert [dot.label for dot in drawn.dots] == ["5m", "10m", "20m", "40m"]
    assert [dot.label for dot in drawn.policies] == ["tight", "loose"]
    assert drawn.path.startswith(f"M{drawn.dots[0].left} {drawn.dots[0].top}L")
    lefts, tops = [dot.left for dot in drawn.dots], [dot.top for dot in drawn.dots]
    assert lefts == sorted(lefts)
    assert tops == sorted(tops)
    own = next(dot for dot in drawn.dots if dot.label == "10m")
    assert (drawn.policies[0].left, drawn.policies[0].top) == (own.left, own.top)
    assert "logins again per person and day" in own.title


def test_the_knee_is_one_of_the_dots() -> None:
    study = studied()
    curve = study.curves[0]
    assert tradeoff(curve._replace(knee=None), study).knee is None
    drawn = tradeoff(curve._replace(knee=2), study)
    assert drawn.knee == drawn.dots[2]


def _falling(points: tuple[Point, ...]) -> tuple[Point, ...]:
    return tuple(each._replace(relogins_per_user_day=20.0 - n) for n, each in enumerate(points))


def test_the_drawing_spans_the_curve_and_not_the_way_there_from_0() -> None:
    study = studied()
    curve = study.curves[0]
    drawn = tradeoff(curve._replace(points=_falling(curve.points)), study)
    lefts, tops = [dot.left for dot in drawn.dots], [dot.top for dot in drawn.dots]
    assert min(lefts) < 20 and max(lefts) > 80 and min(tops) < 20 and max(tops) > 80


def test_a_policy_far_from_the_curve_is_told_and_does_not_make_it_a_dot() -> None:
    study = studied()
    curve = study.curves[0]
    points = tuple(point._replace(open=point.open + 10_000 * HOUR) for point in curve.points)
    drawn = tradeoff(curve._replace(points=points), study)
    assert [dot.outside for dot in drawn.policies] == [True, True]
    assert "outside the drawing" in drawn.policies[0].title and min(dot.left for dot in drawn.dots) < 20
    assert not any(dot.outside for dot in tradeoff(curve, study).policies)


def test_a_curve_of_one_value_can_be_drawn() -> None:
    study = studied()
    curve = study.curves[0]
    drawn = tradeoff(curve._replace(points=curve.points[:1], knee=None), study)
    assert len(drawn.dots) == 1 and drawn.across and drawn.up
