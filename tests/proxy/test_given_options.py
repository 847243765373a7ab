"""Options that were put aside before the addon was loaded: taken, or told what is wrong with them."""

from mitmproxy import options

from nightlatch.proxy.given_options import take_given


def taken(*settings: str, **from_file: object) -> tuple[dict[str, str], tuple[str, ...], list[str]]:
    manager = options.Options()
    manager.set(*settings, defer=True)
    manager.deferred.update(from_file)
    values, problems = take_given(manager)
    return values, problems, list(manager.deferred)


def test_what_is_known_here_is_taken_and_the_rest_is_left() -> None:
    values, problems, left = taken("nightlatch_policy=strict", "nightlatch_idel=1m", "other=1")
    assert values == {"nightlatch_policy": "strict"}
    assert problems == ()
    assert sorted(left) == ["nightlatch_idel", "other"]


def test_an_option_given_twice_or_without_a_value_is_told() -> None:
    values, problems, left = taken("nightlatch_ledger=a", "nightlatch_ledger=b", "nightlatch_policy")
    assert (values, left) == ({}, [])
    assert "nightlatch_ledger" in str(problems)
    assert "nightlatch_policy" in str(problems)


def test_a_file_may_give_text_and_nothing_else() -> None:
    assert taken(nightlatch_policy="strict")[0] == {"nightlatch_policy": "strict"}
    assert "nightlatch_policy" in str(taken(nightlatch_policy=5)[1])
