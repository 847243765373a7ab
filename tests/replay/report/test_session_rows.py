import pytest
from tests.replay.made import exchange
from tests.replay.report.made import LOOSE, TIGHT, studied

from nightlatch.replay.report import session_rows as module
from nightlatch.replay.report.session_rows import session_rows


def test_a_row_a_credential_and_a_lane_a_policy() -> None:
    rows = session_rows(studied())
    assert [row.requests for row in rows.rows] == [4, 50, 2]
    form = rows.rows[0]
    assert [lane.policy for lane in form.lanes] == [0, 1]
    assert [bar.end for bar in form.lanes[0].bars] == ["idle", "idle", "idle"]
    assert form.lanes[0].cuts == [360, 480]
    assert form.lanes[1].cuts == []
    assert (form.cut, form.lost, form.kept) == (True, 1, False)
    assert form.clocks is not None
    assert rows.counts == (2, 1, 1)


def test_what_happened_is_told_in_words() -> None:
    form, polls, _ = session_rows(studied()).rows
    told = [text for policy, text in form.told if policy == 0]
    assert told[0] == "22:13:20 to 22:13:20, ended 22:23:20 by idle = 10m"
    assert told[1] == "logged in again, 22:28:20 to 22:29:10, ended 22:33:20 by idle = 2m of rule admin"
    assert told[-1] == "22:28:20 POST /form is lost (1234 bytes, the page had been open for 15m)"
    assert [policy for policy, _ in form.told].count(1) == 1
    assert any("only polling kept idle from ending it" in text for _, text in polls.told)


def test_places_are_on_the_common_axis() -> None:
    form, polls, away = session_rows(studied()).rows
    assert form.person == "M0 0v1M360 0v1M380 0v1M480 0v1"
    assert polls.person == ""
    assert polls.timer.startswith("M0 0v1M12 0v1M24 0v1")
    assert away.lanes[0].bars[0].left == 4
    assert away.lanes[0].bars[0].width == 0.8
    assert away.lanes[0].bars[0].tail == 240


def test_what_falls_on_one_place_is_one_tick() -> None:
    busy = [exchange(n / 10) for n in range(5000)]
    (row,) = session_rows(studied(busy, (TIGHT,), sweeps=())).rows
    assert row.person.count("M") == 1001


def test_of_too_many_those_stay_of_which_there_is_most_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 2)
    monkeypatch.setattr(module, "MOST_CLOCKS", 1)
    rows = session_rows(studied(policies=(TIGHT, LOOSE)))
    assert rows.of == 3
    assert [row.cut for row in rows.rows] == [True, True]
    assert [row.clocks is not None for row in rows.rows] == [True, False]
