import pytest
from tests.cli.bench import Bench

from nightlatch_cli.exits import ExitCode, Failure
from nightlatch_cli.selection import find_session


def _refusal(bench: Bench, given: str) -> Failure:
    with pytest.raises(Failure) as caught, bench.asked() as reader:
        find_session(reader, given)
    assert caught.value.code is ExitCode.FINDING
    return caught.value


@pytest.mark.parametrize("given", ["abcdefghijkl", "abcd", " ABCDEFGHIJKL\n"])
def test_a_session_is_found_by_its_id_or_the_beginning(bench: Bench, given: str) -> None:
    bench.session("abcdefghijkl")
    bench.session("abxxxxxxxxxx")
    with bench.asked() as reader:
        assert find_session(reader, given).id == "abcdefghijkl"


def test_a_whole_id_comes_before_a_longer_one(bench: Bench) -> None:
    bench.session("abc")
    bench.session("abcdef")
    with bench.asked() as reader:
        assert find_session(reader, "abc").id == "abc"


def test_several_are_named(bench: Bench) -> None:
    bench.session("abcdefghijkl", subject="ada")
    bench.session("abxxxxxxxxxx", subject=None)
    refusal = _refusal(bench, "ab")
    assert refusal.hint == "say which: abcdefghijkl (ada, active), abxxxxxxxxxx (someone, active)"


def test_the_nearest_is_named(bench: Bench) -> None:
    bench.session("abcdefghijkl")
    assert "abcdefghijkl (ada, active)" in _refusal(bench, "abcdfeghijkl").hint


@pytest.mark.parametrize("given", ["", " ", "%", "_bcdefghijkl", "'; DROP TABLE sessions", "\udcff"])
def test_nothing_else_is_found(bench: Bench, given: str) -> None:
    bench.session("abcdefghijkl")
    _refusal(bench, given)
