from tests.replay.made import exchange, judged, policy, rule

from nightlatch.core.policy import SECOND
from nightlatch.replay.decisions import decision


def test_a_decision_in_full() -> None:
    late = exchange(100.9, "/admin/x?token=1".partition("?")[0], position=7, method="POST")
    _, decisions = judged([exchange(0), late], policy(1000, None, rule("admin", "/admin/**", 100, None)))
    told = decision(decisions[1], "made")
    session = told.pop("session")
    assert told == {
        "i": 7,
        "at": "2023-11-14T22:15:00.900Z",
        "policy": "made",
        "method": "POST",
        "url": "https://app.test/admin/x",
        "verdict": "expired",
        "clock": "idle",
        "limit": 100,
        "elapsed": 100,
        "rule": "admin",
        "activity": False,
    }
    assert session == decision(decisions[0], "made")["session"]


def test_what_there_is_nothing_to_say_about_is_null() -> None:
    _, (first, second) = judged([exchange(0), exchange(1, cookie=None)], policy())
    told = decision(first, "made")
    assert (told["clock"], told["limit"], told["elapsed"], told["rule"], told["activity"]) == (
        None,
        None,
        None,
        None,
        True,
    )
    assert (decision(second, "made")["session"], decision(second, "made")["verdict"]) == (None, "login")


def test_the_file_is_told_where_there_are_several() -> None:
    _, (first,) = judged([exchange(0)], policy())
    assert "file" not in decision(first, "made")
    assert decision(first, "made", file=True)["file"] == "made"
    assert first.exchange.at % SECOND == 0
