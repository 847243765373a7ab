import json
from pathlib import Path

import pytest
from tests.e2e.processes import nightlatch
from tests.proxy.bench import SITE
from tests.web.desk import Desk

from nightlatch.core.instants import rfc3339
from nightlatch.core.policy import MINUTE
from nightlatch.core.verdict import Kind


def test_there_are_none(desk: Desk) -> None:
    assert desk.call("GET", "/sessions").body == b"[]"


def test_the_newest_comes_first_with_what_is_left_of_its_clocks(desk: Desk) -> None:
    desk.log_in_at_control("ada")
    desk.later(minutes=10)
    desk.log_in_at_control("bob")
    bob, ada = desk.get("/sessions")
    assert (bob["subject"], ada["subject"], ada["site"], ada["state"]) == ("bob", "ada", SITE, "active")
    assert ada["clocks"]["idle"] == {
        **{"limit": 1800, "elapsed": 600, "remaining": 1200, "deadline": rfc3339(desk.wall + 20 * MINUTE)}
    }
    assert ada["clocks"]["absolute"]["remaining"] == 8 * 3600 - 600


def test_they_are_what_the_command_line_prints(desk: Desk) -> None:
    """To the letter; only the clocks of what lives run on between the two looks."""
    desk.call("DELETE", f"/sessions/{desk.log_in_at_control()}")
    done = nightlatch("sessions", "list", "--json", ledger=Path(str(desk.guard.settings.ledger)))
    assert done.code == 0, done
    assert json.loads(done.out) == desk.get("/sessions")


def test_activity_that_is_not_on_disk_yet_is_told(desk: Desk) -> None:
    cookie = desk.log_in("ada")
    desk.later(minutes=7)
    desk.visit(cookie=cookie)
    (session,) = desk.get("/sessions")
    assert session["last_active_at"] == rfc3339(desk.wall)
    assert session["clocks"]["idle"]["remaining"] == 1800


def test_some_of_them(desk: Desk) -> None:
    first, second = desk.log_in_at_control("ada"), desk.log_in_at_control("bob")
    desk.call("DELETE", f"/sessions/{first}")
    assert [each["id"] for each in desk.get("/sessions?state=active")] == [second]
    assert [each["id"] for each in desk.get("/sessions?state=ended")] == [first]
    assert [each["id"] for each in desk.get("/sessions?subject=ada")] == [first]
    assert desk.get("/sessions?subject=ada&state=active") == []
    assert [each["id"] for each in desk.get("/sessions?limit=1")] == [second]
    assert len(desk.get("/sessions?limit=0")) == 2


@pytest.mark.parametrize("query", ["limit=-1", "limit=x", "limit=100001", "state=dead", "limits=3", "state="])
def test_a_query_that_cannot_be_used_is_refused_with_its_place(desk: Desk, query: str) -> None:
    reply = desk.call("GET", f"/sessions?{query}")
    assert reply.status == 400
    assert query.partition("=")[0] in reply.json["detail"]


def test_one_with_what_counted_last(desk: Desk) -> None:
    cookie = desk.log_in("ada")
    (session,) = desk.get("/sessions")
    assert desk.get(f"/sessions/{session['id']}")["counted"] is None
    desk.visit("/reports?q=secret", cookie=cookie)
    desk.visit("/", cookie=cookie, headers={"Sec-Purpose": "prefetch"})
    desk.written()
    counted = desk.get(f"/sessions/{session['id']}")["counted"]
    assert counted == {"at": rfc3339(desk.wall), "method": "GET", "path": "/reports"}


def test_an_end_holds_from_the_next_request_on(desk: Desk) -> None:
    cookie = desk.log_in("ada")
    (session,) = desk.get("/sessions")
    reply = desk.call("DELETE", f"/sessions/{session['id']}")
    assert (reply.status, reply.json["state"], reply.json["end"]["reason"]) == (200, "ended", "admin")
    assert desk.kind(cookie=cookie) is Kind.REFUSED


def test_what_has_ended_stays_as_it_ended(desk: Desk) -> None:
    session = desk.log_in_at_control()
    first = desk.call("DELETE", f"/sessions/{session}")
    desk.later(minutes=1)
    assert desk.call("DELETE", f"/sessions/{session}").json == first.json
    assert len(desk.get("/events?type=session.ended")) == 1


@pytest.mark.parametrize("path", ["/sessions/nobody", "/sessions/%00", "/sessions/%F0%9F%8C%99", "/sessions/'--"])
def test_there_is_no_such_session(desk: Desk, path: str) -> None:
    assert desk.call("GET", path).status == desk.call("DELETE", path).status == 404


def test_everything_of_one_person_is_ended(desk: Desk) -> None:
    for user in ("ada", "ada", "bob"):
        desk.log_in_at_control(user)
    assert desk.call("DELETE", "/sessions?subject=ada").json == {"ended": 2}
    assert desk.call("DELETE", "/sessions?subject=ada").json == {"ended": 0}
    assert [each["subject"] for each in desk.get("/sessions?state=active")] == ["bob"]


def test_nobody_ends_everything_by_leaving_something_out(desk: Desk) -> None:
    desk.log_in_at_control()
    assert desk.call("DELETE", "/sessions").status == 400
    assert len(desk.get("/sessions?state=active")) == 1
