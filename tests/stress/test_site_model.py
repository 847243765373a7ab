"""The model of a guarded site: what must be refused, one for each thing that guards could get wrong together."""

from collections.abc import Hashable

import pytest
from scripts.stress.history import FOREVER, UNHEARD, Operation, check
from scripts.stress.site_model import IN, LIVE, OUT, Guarded, site

START = Guarded(LIVE, frozenset("a"))
ENDS: tuple[tuple[tuple[str, ...], Hashable], ...] = (
    (("log out", "a"), 200),
    (("end",), True),
    (("delete",), 200),
    (("jump",), True),
)


def explained(*calls: tuple[tuple[str, ...], Hashable]) -> bool:
    history = [Operation("x", act, answer, 10 * n, 10 * n + 5) for n, (act, answer) in enumerate(calls)]
    return check(history, START, site) is None


@pytest.mark.parametrize("end", ENDS)
def test_after_an_end_nobody_is_let_in(end: tuple[tuple[str, ...], Hashable]) -> None:
    assert explained((("ask", "a"), (IN, "")), end, (("ask", "a"), (OUT, "")))
    assert not explained(end, (("ask", "a"), (IN, "")))
    assert not explained(end, (("again", "a"), (True, "b")))


def test_nobody_is_refused_before_an_end() -> None:
    assert not explained((("ask", "a"), (OUT, "")))
    assert not explained((("again", "a"), (False, "")))
    assert not explained((("show",), False))
    assert not explained((("end",), False))


def test_a_new_credential_comes_once_and_the_old_one_still_works() -> None:
    assert explained((("ask", "a"), (IN, "b")), (("ask", "a"), (IN, "")), (("ask", "b"), (IN, "c")))
    assert not explained((("ask", "a"), (IN, "b")), (("ask", "a"), (IN, "c")))
    assert not explained((("ask", "z"), (IN, "")))


def test_a_fresh_login_replaces_the_credential() -> None:
    assert explained((("again", "a"), (True, "b")), (("ask", "b"), (IN, "c")))
    assert not explained((("again", "a"), (True, "b")), (("ask", "a"), (IN, "c")))


def test_one_command_ends_it() -> None:
    assert explained((("end",), True), (("end",), False), (("show",), False))
    assert not explained((("end",), True), (("end",), True))
    assert not explained((("delete",), 200), (("end",), True))
    assert not explained((("end",), True), (("show",), True))


def test_what_the_clock_ended_is_swept_some_time() -> None:
    assert explained((("jump",), True), (("show",), True), (("end",), True))
    assert explained((("jump",), True), (("show",), True), (("show",), False), (("end",), False))
    assert not explained((("jump",), True), (("show",), False), (("show",), True))


@pytest.mark.parametrize(("act", "then"), [("log out", (OUT, "")), ("ask", (IN, "")), ("again", (IN, ""))])
def test_a_call_that_was_cut_off_may_have_happened_or_not(act: str, then: Hashable) -> None:
    cut_off = Operation("x", (act, "a"), UNHEARD, 0, FOREVER)
    for answer in (then, (IN, "b")):
        assert check([cut_off, Operation("y", ("ask", "a"), answer, 10, 15)], START, site) is None
    no_more = [Operation("y", ("ask", "a"), (OUT, ""), 10, 15), Operation("y", ("ask", "a"), (IN, ""), 20, 25)]
    assert check([cut_off, *no_more], START, site) is not None
