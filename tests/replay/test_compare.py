from tests.replay.made import exchange, observed, policy

from nightlatch.core.verdict import Kind
from nightlatch.replay.compare import differences

MORNING = [exchange(0), exchange(200, "/x"), exchange(700, "/y"), exchange(0, cookie="b"), exchange(90, cookie="b")]


def test_what_fares_otherwise_and_who_is_cut_off() -> None:
    tight, loose = policy(100, None)._replace(name="tight"), policy(600, None)._replace(name="loose")
    (found,) = differences(observed(MORNING, tight, loose))
    assert (found.policy, found.base) == ("tight", "loose")
    assert found.verdicts == ((Kind.ALLOW, Kind.EXPIRED, 2),)
    assert [cut.route for cut in found.cut] == ["GET /x"]
    assert found.spared == ()


def test_the_other_way_round_they_are_spared() -> None:
    (found,) = differences(observed(MORNING, policy(600, None), policy(100, None)))
    assert found.cut == ()
    assert [cut.route for cut in found.spared] == ["GET /x"]


def test_against_each_of_the_others() -> None:
    found = list(differences(observed(MORNING, policy(100, None), policy(100, None), policy(None, None))))
    assert [(each.verdicts, len(each.cut)) for each in found] == [((), 0), (((Kind.ALLOW, Kind.EXPIRED, 2),), 1)]
    assert list(differences(observed(MORNING, policy()))) == []
