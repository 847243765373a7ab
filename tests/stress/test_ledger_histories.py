"""From calls on a real ledger to a verdict: what one process does by itself fits the model, and what is put wrong on
purpose is found."""

import multiprocessing
import random
from pathlib import Path

import pytest
from scripts.stress import ledger_callers
from scripts.stress.history import Operation
from scripts.stress.ledger_callers import Called, Caller, call_at_random, compose
from scripts.stress.ledger_calls import carry_out
from scripts.stress.ledger_histories import CLOCK, judge, overlapping, sorted_out
from scripts.stress.opened import reading, writing

from nightlatch.core.events import Event, EventType
from nightlatch.ledger.port import LedgerError


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    return str(tmp_path / "ledger.db")


@pytest.fixture
def called(ledger: str) -> list[Called]:
    """A few hundred calls, one after the other, on thirty-five slots."""
    dice, done, made = random.Random(7), list[Called](), dict[int, str]()
    with writing(ledger) as writer, reading(ledger) as reader:
        for number in range(700):
            slot = number // 20
            act = compose(dice, slot, "guard-1", number, made.get(slot))
            if act[0] == "create" and slot in made:
                continue
            try:
                answer = carry_out(reader, writer, slot, act)
            except LedgerError:
                continue
            if act[0] == "create" and answer:
                made[slot] = act[1]
            done.append((slot, Operation("guard-1", act, answer, 2 * number, 2 * number + 1)))
    return done


def test_what_one_process_does_fits_the_models(ledger: str, called: list[Called]) -> None:
    verdict = judge(ledger, called)
    assert verdict.wrong == ()
    assert (verdict.calls, verdict.overlapping) == (len(called), 0)
    assert verdict.acts["find"] > 100 and verdict.acts["rotate True"] > 0


@pytest.mark.parametrize("act", ["rotate", "end", "create", "reauthenticate"])
def test_an_answer_that_was_not_so_is_found(ledger: str, called: list[Called], act: str) -> None:
    place = next(n for n, (_, each) in enumerate(called) if each.act[0] == act and each.answer is True)
    slot, call = called[place]
    called[place] = (slot, call._replace(answer=False))
    (wrong,) = judge(ledger, called).wrong
    assert wrong.startswith(f"{slot}: after") and f"('{act}', " in wrong


def test_a_session_that_is_found_as_it_was_before_is_found_out(ledger: str, called: list[Called]) -> None:
    """A reader that lags behind: it answers with what the same question gave before."""
    finds = [n for n, (_, each) in enumerate(called) if each.act[0] == "find" and each.answer is not None]
    ended = next(n for n in finds if called[n][1].answer[0].end is not None)  # type: ignore[index] # found, see above
    slot, call = called[ended]
    assert isinstance(call.answer, tuple)
    session, mark = call.answer
    called[ended] = (slot, call._replace(answer=(session._replace(end=None), mark)))
    assert len(judge(ledger, called).wrong) == 1


def test_what_touches_all_is_in_every_history() -> None:
    calls = [
        (0, Operation("x", ("find", "0/0"), None, 0, 1)),
        (1, Operation("x", ("find", "1/0"), None, 0, 1)),
        (2, Operation("x", ("end_all", 5, "all x"), 1, 2, 3)),
        (2, Operation("x", ("reset", 6), 0, 4, 5)),
        (2, Operation("x", ("reset", 7), 0, 14, 15)),
        (0, Operation("x", ("find", "0/0"), None, 8, 9)),
        (1, Operation("x", ("find", "1/0"), None, 8, 9)),
    ]
    histories, ended = sorted_out(calls), [("end_all", 5, "all x"), ("end_all", 6, "reset")]
    assert [each.act for each in histories["0"]] == [("find", "0/0"), ("find", "0/0"), *ended]
    assert [each.act for each in histories["1"]] == [("find", "1/0"), ("find", "1/0"), ended[1]]
    assert [each.act for each in histories[CLOCK]] == [("reset", 6), ("reset", 7)]


def test_calls_that_overlap_are_counted() -> None:
    spans = [(0, 10), (5, 6), (7, 20), (30, 40)]
    assert overlapping({"0": [Operation("x", (), None, *span) for span in spans]}) == 2


def test_a_trail_that_tells_another_story_is_found(ledger: str) -> None:
    with writing(ledger) as writer, reading(ledger) as reader:
        carry_out(reader, writer, 0, ("create", "0.x", "0/0", 5))
        writer.record([Event(EventType.SESSION_CREATED, 6, "0.x")])
    assert judge(ledger, []).wrong == ("session 0.x: 2 beginnings and 0 ends in the trail",)


def test_a_process_calls_until_all_have_called_often_enough(ledger: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_callers, "_made", multiprocessing.Value("q"))
    with writing(ledger):
        called, refused = call_at_random(Caller(ledger, "command-1", 3, False, 200))
    assert len(called) == 200 and not refused
    assert {slot for slot, _ in called} == set(range(4))
    assert judge(ledger, called).wrong == ()
