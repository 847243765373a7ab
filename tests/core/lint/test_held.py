from nightlatch.core.lint.held import HELD


def test_everything_that_is_claimed_names_the_clause_that_asks_for_it() -> None:
    assert len(HELD) == len({held.what for held in HELD}) and all(held.clause for held in HELD)
