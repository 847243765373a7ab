import json
from pathlib import Path

from tests.e2e.processes import nightlatch
from tests.web.desk import Desk


def test_it_is_what_the_command_line_prints(desk: Desk) -> None:
    session = desk.log_in_at_control()
    desk.call("DELETE", f"/sessions/{session}")
    done = nightlatch("explain", session, "--json", ledger=Path(str(desk.guard.settings.ledger)))
    assert json.loads(done.out) == desk.get(f"/sessions/{session}/explain")


def test_it_names_the_clock_and_what_counted(desk: Desk) -> None:
    cookie = desk.log_in("ada")
    desk.visit("/reports", cookie=cookie)
    desk.later(minutes=31)
    desk.visit("/reports", cookie=cookie)
    desk.written()
    (session,) = desk.get("/sessions")
    told = desk.get(f"/sessions/{session['id']}/explain")
    assert "no activity for 30m, limit 30m" in told["summary"]
    assert [moment["text"] for moment in told["timeline"] if moment["activity"]] == ["GET /reports -> allow"]


def test_a_session_that_is_none_is_not_found(desk: Desk) -> None:
    assert desk.call("GET", "/sessions/nobody/explain").status == 404
