from tests.web.desk import Desk


def test_the_log_tells_what_was_answered_oldest_first(desk: Desk) -> None:
    cookie = desk.log_in("ada")
    desk.visit("/reports", cookie=cookie)
    desk.later(minutes=31)
    desk.visit("/reports", cookie=cookie)
    desk.written()
    first, last = (each for each in desk.get("/decisions") if each["path"] == "/reports")
    assert (first["verdict"], first["activity"]) == ("allow", True)
    assert (last["verdict"], last["clock"], last["limit"], last["elapsed"]) == ("expired", "idle", 1800, 1860)
    assert desk.get("/decisions?limit=1") == [last]
    assert desk.get(f"/decisions?session={first['session']}")[-1] == last
    assert desk.get("/decisions?session=nobody") == []
    assert desk.call("GET", "/decisions?limit=0").status == 400
