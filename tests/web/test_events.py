import pytest
from tests.web.desk import Desk


def test_the_trail_oldest_first(desk: Desk) -> None:
    desk.log_in_at_control()
    events = desk.get("/events")
    assert [event["type"] for event in events] == ["policy.loaded", "login.succeeded", "session.created"]
    assert [event["id"] for event in events] == [1, 2, 3]
    assert events[2]["prev"] == events[1]["hash"]


def test_a_page_of_it(desk: Desk) -> None:
    for _ in range(3):
        desk.log_in_at_control()
    assert [event["id"] for event in desk.get("/events?limit=2")] == [6, 7]
    assert [event["id"] for event in desk.get("/events?after=1&limit=2")] == [2, 3]
    assert [event["id"] for event in desk.get("/events?type=session&limit=2")] == [5, 7]
    assert [event["id"] for event in desk.get("/events?type=session.created&after=3")] == [5, 7]


def test_those_of_one_session(desk: Desk) -> None:
    desk.log_in_at_control("bob")
    session = desk.log_in_at_control("ada")
    assert {event["session"] for event in desk.get(f"/events?session={session}")} == {session}


@pytest.mark.parametrize("query", ["type=nonsense", "after=-1", "limit=0", "after=99999999999999999999"])
def test_a_query_that_cannot_be_used_is_refused(desk: Desk, query: str) -> None:
    assert desk.call("GET", f"/events?{query}").status == 400
