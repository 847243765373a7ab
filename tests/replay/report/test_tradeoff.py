from tests.replay.report.made import studied

from nightlatch.replay.report.tradeoff import tradeoff


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
