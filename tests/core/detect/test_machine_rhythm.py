"""A machine's rhythm: exact and for hours; a person breaks it."""

from hypothesis import given
from hypothesis import strategies as st
from tests.core.detect.facts_at import a_fact, found

from nightlatch.core.detect.facts import BEAT
from nightlatch.core.policy import HOUR, MINUTE, SECOND


def beats(times: list[int]) -> bool:
    return bool(found("machine_rhythm", [a_fact(BEAT, at) for at in times]))


def test_an_exact_rhythm_all_night() -> None:
    night = [n * MINUTE + (n % 3) * SECOND // 2 for n in range(361)]
    assert beats(night)
    assert not beats(night[:-2])
    assert beats([at + extra for at in night for extra in (0, 20_000)])


def test_a_few_slow_beats_are_not_enough() -> None:
    assert not beats([n * HOUR for n in range(20)])
    assert beats([n * HOUR for n in range(40)])


@given(st.integers(5, 355), st.integers(2 * SECOND + SECOND // 2, MINUTE - 4 * SECOND))
def test_one_request_of_a_person_breaks_it(minute: int, second: int) -> None:
    assert not beats(sorted([*(n * MINUTE for n in range(361)), minute * MINUTE + second]))


@given(st.lists(st.integers(2, 300), min_size=100, max_size=100))
def test_people_do_not_keep_time(seconds: list[int]) -> None:
    times, at = [], 0
    for pause in [*seconds, *range(10, 200)]:
        at += pause * SECOND
        times.append(at)
    assert not beats(times) or len(set(seconds)) == 1
