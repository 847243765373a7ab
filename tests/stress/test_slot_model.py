"""The models of the ledger's port: histories that must be refused, one for each thing a ledger could get wrong."""

import pytest
from scripts.stress.history import FOREVER, UNHEARD, Operation, check
from scripts.stress.slot_model import Clock, Mark, Slot, clock, slot

CREATED = ("create", "s", "a", 10)
BEGUN = Slot("s", (), 10, 0, 10)


def sequence(*calls: tuple[object, object]) -> list[Operation]:
    """Acts with their answers, one after the other."""
    return [Operation("x", act, answer, 10 * n, 10 * n + 5) for n, (act, answer) in enumerate(calls)]  # type: ignore[arg-type] # what a test gives


def explained(*calls: tuple[object, object]) -> bool:
    return check(sequence(*calls), Slot(), slot) is None


def found(mark: Mark, **more: object) -> tuple[Slot, Mark]:
    return BEGUN._replace(**more), mark  # type: ignore[arg-type] # fields of a slot


def test_a_session_is_created_found_rotated_and_ended() -> None:
    assert explained(
        (("find", "a"), None),
        (CREATED, True),
        (("create", "t", "a", 11), False),
        (("find", "a"), found(Mark("a"))),
        (("rotate", "s", "a", "b", 12, 20), True),
        (("rotate", "s", "a", "c", 13, 20), False),
        (("find", "a"), found(Mark("a", 12, 20))),
        (("end", "s", 14, "logout"), True),
        (("end", "s", 15, "admin"), False),
        (("find", "b"), found(Mark("b"), end=(14, "logout"))),
        (("create", "u", "a", 16), False),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        (("create", "t", "b", 11), True),
        (("find", "a"), None),
        (("find", "a"), found(Mark("a"), end=(14, "logout"))),
        (("end", "s", 14, "logout"), False),
        (("end", "other", 14, "logout"), True),
        (("rotate", "s", "b", "c", 12, 20), True),
        (("rotate", "s", "a", "a", 12, 20), True),
        (("reauthenticate", "s", "b", "c", 12, 5), True),
        (("reauthenticate", "s", "a", "a", 12, 5), False),
    ],
)
def test_of_a_session_that_lives_this_is_not_so(wrong: tuple[object, object]) -> None:
    assert not explained((CREATED, True), wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        (("find", "a"), found(Mark("a"))),
        (("find", "a"), found(Mark("a"), end=(13, "logout"))),
        (("end", "s", 15, "admin"), True),
        (("rotate", "s", "a", "b", 15, 20), True),
        (("reauthenticate", "s", "a", "a", 15, 5), True),
        (("create", "t", "a", 15), True),
    ],
)
def test_an_end_is_for_ever(wrong: tuple[object, object]) -> None:
    assert not explained((CREATED, True), (("end", "s", 14, "logout"), True), wrong)


def test_of_two_that_rotate_at_once_one_wins() -> None:
    begun = Operation("x", CREATED, True, 0, 1)
    one = Operation("x", ("rotate", "s", "a", "b", 12, 20), True, 5, 9)
    other = Operation("y", ("rotate", "s", "a", "c", 12, 20), True, 6, 8)
    assert check([begun, one, other._replace(answer=False)], Slot(), slot) is None
    assert check([begun, one, other], Slot(), slot) is not None


def test_a_touch_keeps_the_later_activity_and_the_wider_gap() -> None:
    touches = ((CREATED, True), (("touch", "s", 30, 20, 10), None), (("touch", "s", 25, 5, 20), None))
    assert explained(*touches, (("find", "a"), found(Mark("a"), active=30, gap=20)))
    assert not explained(*touches, (("find", "a"), found(Mark("a"), active=25, gap=5, gap_from=20)))


def test_a_gap_from_before_the_person_authenticated_again_stays_forgotten() -> None:
    again = ((CREATED, True), (("reauthenticate", "s", "a", "a", 40, 0), True), (("touch", "s", 50, 9, 30), None))
    fresh = found(Mark("a"), active=50, gap=0, gap_from=40, again=40)
    assert explained(*again, (("find", "a"), fresh))
    assert not explained(*again, (("find", "a"), found(Mark("a"), active=50, gap=9, gap_from=30, again=40)))


def test_ending_all_ends_this_one_whatever_it_counted() -> None:
    assert explained((CREATED, True), (("end_all", 20, "all"), 7), (("end", "s", 21, "admin"), False))
    assert not explained((CREATED, True), (("end_all", 20, "all"), 7), (("end", "s", 21, "admin"), True))


def test_what_nobody_heard_may_have_ended_it() -> None:
    cut_off = Operation("y", ("end", "s", 9, "logout"), UNHEARD, 6, FOREVER)
    begun = Operation("x", CREATED, True, 0, 5)
    gone = Operation("x", ("find", "a"), found(Mark("a"), end=(9, "logout")), 20, 25)
    lives = Operation("x", ("find", "a"), found(Mark("a")), 30, 35)
    assert check([begun, cut_off, gone], Slot(), slot) is None
    assert check([begun, cut_off, lives], Slot(), slot) is None
    assert check([begun, cut_off, gone, lives], Slot(), slot) is not None


def test_the_clock_goes_forward_until_it_is_reset() -> None:
    history = sequence(
        (("read",), ()),
        (("warp", 100, 150), True),
        (("warp", 110, 155), False),
        (("read",), ((100, 150),)),
        (("warp", 110, 160), True),
        (("reset", 120), 3),
        (("read",), ()),
        (("warp", 110, 119), False),
    )
    assert check(history, Clock(), clock) is None


@pytest.mark.parametrize("wrong", [(("warp", 110, 155), True), (("read",), ()), (("warp", 110, 160), False)])
def test_the_clock_is_not_led_back(wrong: tuple[object, object]) -> None:
    assert check(sequence((("warp", 100, 150), True), wrong), Clock(), clock) is not None
