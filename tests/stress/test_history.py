"""The checker of histories: known good ones, known bad ones, and every order by brute force."""

from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from scripts.stress.history import FOREVER, UNHEARD, Operation, check


def register(state: int, act: tuple[Any, ...], answer: object) -> Iterable[int]:
    """A register that is written and read."""
    if act[0] == "write":
        return [act[1]] if answer in ("ok", UNHEARD) else []
    return [state] if answer in (state, UNHEARD) else []


def wrote(value: int, called: int, answered: int) -> Operation:
    return Operation("w", ("write", value), "ok", called, answered)


def read(value: int, called: int, answered: int) -> Operation:
    return Operation("r", ("read",), value, called, answered)


def explained(*history: Operation) -> bool:
    return check(history, 0, register) is None


def test_an_empty_history_is_explained() -> None:
    assert explained()


def test_one_after_the_other() -> None:
    assert explained(wrote(1, 0, 1), read(1, 2, 3), wrote(2, 4, 5), read(2, 6, 7))


def test_a_read_that_overlaps_a_write_may_see_either() -> None:
    assert explained(wrote(1, 0, 10), read(0, 1, 2))
    assert explained(wrote(1, 0, 10), read(1, 1, 2))


def test_a_read_after_the_write_was_answered_must_see_it() -> None:
    assert not explained(wrote(1, 0, 1), read(0, 2, 3))


def test_what_was_seen_cannot_be_unseen() -> None:
    """Both reads overlap the write: the second, begun after the first was answered, must see it too."""
    assert explained(wrote(1, 0, 10), read(0, 1, 2), read(1, 3, 4))
    assert not explained(wrote(1, 0, 10), read(1, 1, 2), read(0, 3, 4))


def test_two_readers_cannot_see_two_writes_in_different_orders() -> None:
    writes = (wrote(1, 0, 10), wrote(2, 0, 10))
    assert explained(*writes, read(1, 1, 2), read(2, 3, 4), read(2, 5, 6))
    assert not explained(*writes, read(1, 1, 2), read(2, 3, 4), read(1, 5, 6))


def test_a_value_that_nobody_wrote() -> None:
    assert not explained(read(7, 0, 1))


def test_of_what_nobody_heard_either_may_have_become() -> None:
    unheard = Operation("w", ("write", 1), UNHEARD, 0, FOREVER)
    assert explained(unheard, read(0, 5, 6))
    assert explained(unheard, read(0, 5, 6), read(1, 7, 8))
    assert not explained(unheard, read(1, 5, 6), read(0, 7, 8))


def test_what_nobody_heard_need_not_have_happened() -> None:
    """Also where it could not have: the register takes no such value."""
    refused = Operation("w", ("write", 1), UNHEARD, 0, FOREVER)
    assert check([refused, read(0, 5, 6)], 0, lambda state, act, answer: [state] if act[0] == "read" else []) is None


def test_an_instant_is_shared_by_what_touches_it() -> None:
    """An answer and a call at the same tick of the clock: nobody knows which was first."""
    assert explained(wrote(1, 0, 5), read(0, 5, 6))


def test_what_is_broken_is_told() -> None:
    found = check([wrote(1, 0, 1), read(0, 2, 3)], 0, register)
    assert found is not None
    assert (found.placed, found.state, found.stuck) == (1, 1, (read(0, 2, 3),))


def test_a_long_history_takes_no_long_time() -> None:
    """Four at a time for a thousand steps: the search keeps to its window."""
    history = [wrote(number, number, number + 4) for number in range(1000)]
    assert explained(*history, read(999, 2000, 2001))
    assert not explained(*history, read(3, 2000, 2001))


operations = st.builds(
    lambda act, answer, called, lasted: Operation(
        "x", act, "ok" if act[0] == "write" else answer, called, called + lasted if lasted < 7 else FOREVER
    ),
    st.one_of(st.tuples(st.just("write"), st.integers(0, 2)), st.just(("read",))),
    st.integers(0, 2),
    st.integers(0, 8),
    st.integers(0, 7),
).map(lambda each: each if each.answered_at < FOREVER else each._replace(answer=UNHEARD))


@given(st.lists(operations, max_size=5))
def test_the_search_finds_what_trying_every_order_finds(history: list[Operation]) -> None:
    assert explained(*history) == by_brute_force(history)


def by_brute_force(history: Sequence[Operation]) -> bool:
    """Every subset that leaves out only unheard operations, in every order."""
    unheard = [each for each in history if each.answer == UNHEARD]
    heard = [each for each in history if each.answer != UNHEARD]
    some: list[list[Operation]] = [[]] + [
        list(chosen) for n in range(1, len(unheard) + 1) for chosen in permutations(unheard, n)
    ]
    return any(fits(order) for more in some for order in permutations([*heard, *more]))


def fits(order: Sequence[Operation]) -> bool:
    """Whether an order keeps to the clock, and gives every answer."""
    for place, each in enumerate(order):
        if any(later.answered_at < each.called_at for later in order[place + 1 :]):
            return False
    state = 0
    for each in order:
        after = list(register(state, each.act, each.answer))
        if not after:
            return False
        state = after[0]
    return True
