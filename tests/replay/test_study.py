from tests.replay.report.made import LOOSE, SWEEP, TIGHT, morning, studied

from nightlatch.replay.study import study


def test_everything_is_in_it() -> None:
    made = studied(conditions=["lost_writes>0", "relogins>99"])
    assert [each.outcome.policy.name for each in made.policies] == ["tight", "loose"]
    assert [len(each.lifetimes) for each in made.policies] == [6, 3]
    assert [each.base for each in made.differences] == ["loose"]
    assert [curve.sweep for curve in made.curves] == [SWEEP]
    assert [each.condition.text for each in made.failed] == ["lost_writes>0"]
    assert "/poll" in made.toml
    assert made.findings


def test_who_waits_is_told_what_for() -> None:
    told: list[str] = []
    replayed = studied(sweeps=()).replayed
    study(replayed, [SWEEP], progress=told.append)
    assert told == ["sweeping idle"]


def test_what_passes_already_is_not_suggested() -> None:
    made = studied(morning(), policies=(LOOSE, TIGHT), sweeps=())
    assert made.toml == studied(sweeps=()).toml
