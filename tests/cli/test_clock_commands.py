import json
from typing import Any

import pytest
from tests.cli.bench import Bench, nightlatch

from nightlatch.core.session import State
from nightlatch.ledger.chain import verify_chain


def _clock(*words: str) -> Any:
    result = nightlatch("clock", *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_before_anything_it_is_wall_time(bench: Bench) -> None:
    clock = _clock()
    assert clock == {"now": clock["wall"], "wall": clock["wall"], "offset": 0, "frozen": False}
    assert clock["now"].endswith("Z")


def test_advance_adds_up_and_tells_the_audit_trail(bench: Bench) -> None:
    assert _clock("advance", "31m")["offset"] == 1860
    assert _clock("advance", "PT1H")["offset"] == 5460
    details = [dict(event.detail) for event in bench.trail()]
    assert details == [{"action": "advance", "by": 1_860_000_000}, {"action": "advance", "by": 3_600_000_000}]
    with bench.asked() as reader:
        assert verify_chain(reader) is None


def test_frozen_time_stands_still_until_it_is_resumed(bench: Bench) -> None:
    first = _clock("freeze")
    assert first["frozen"] and _clock()["now"] == first["now"]
    ahead = _clock("advance", "1h")
    assert ahead["frozen"] and ahead["now"][11:13] != first["now"][11:13]
    again = nightlatch("clock", "freeze")
    assert again.exit_code == 0 and "already" in again.stderr and "(frozen)" in again.stdout
    assert _clock("resume")["frozen"] is False and _clock()["now"] > ahead["now"]
    assert "already" in nightlatch("clock", "resume").stderr


def test_reset_returns_to_wall_time_and_ends_every_session(bench: Bench) -> None:
    bench.session("aaaaaaaaaaaa")
    bench.session("bbbbbbbbbbbb", site="http://127.0.0.1:4000")
    _clock("advance", "8h")
    result = nightlatch("clock", "reset", "--json")
    clock = json.loads(result.stdout)
    assert result.stderr == "2 sessions ended\n" and clock["ended"] == 2 and clock["offset"] == 0
    for name in ("aaaaaaaaaaaa", "bbbbbbbbbbbb"):
        end = bench.stored(name).end
        assert bench.stored(name).state is State.ENDED and end is not None and end.reason == "reset"


def test_a_person_is_told_in_words(bench: Bench) -> None:
    assert "offset      none" in nightlatch("clock").stdout
    assert "offset      31m ahead" in nightlatch("clock", "advance", "31m").stdout


@pytest.mark.parametrize("by", ["", "0s", "30", "1M", "31 m", "off", "99999d"])
def test_only_a_duration_moves_the_clock(bench: Bench, by: str) -> None:
    result = nightlatch("clock", "advance", by)
    assert result.exit_code == 2 and result.stderr.startswith("nightlatch: error: ")
    with bench.asked() as reader:
        assert not reader.warp().segments


@pytest.mark.parametrize("by", ["0", "0s", "PT0S", "00m"])
def test_nothing_is_no_way_forward(bench: Bench, by: str) -> None:
    result = nightlatch("clock", "advance", by)
    assert result.exit_code == 2 and f'"{by}" moves nothing' in result.stderr and "31m" in result.stderr


def test_going_back_names_the_way(bench: Bench) -> None:
    result = nightlatch("clock", "advance", "--", "-5m")
    assert result.exit_code == 2 and "nightlatch clock reset" in result.stderr


def test_without_a_ledger_there_is_no_clock() -> None:
    for words in (["show"], ["advance", "1m"], ["freeze"], ["resume"], ["reset"]):
        assert nightlatch("clock", *words).exit_code == 6
