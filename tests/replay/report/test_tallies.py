from tests.replay.report.made import subject

from nightlatch.replay.report.tallies import tally_rows


def test_what_became_of_each_route_under_each_policy() -> None:
    rows = {row.name: row for row in tally_rows(subject().document, "route", 99)}
    assert rows["POST /form"] == ("POST /form", "person", 1, [1, 1, 1, 0, 0, 0])
    assert rows["GET /poll"].looks_like == "poll"
    assert next(iter(rows)) == "GET /poll"


def test_rules_that_only_one_policy_has() -> None:
    rows = {row.name: row for row in tally_rows(subject().document, "rule", 99)}
    assert rows["admin"].cells == [1, 1, 0, 0, 0, 0]
    assert rows[None].requests == 56
    assert len(list(tally_rows(subject().document, "rule", 1))) == 1
