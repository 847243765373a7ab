from typing import Any

from nightlatch.testing.session_view import Answer, Login, session_of


def _document(**fields: Any) -> dict[str, Any]:
    clock = {"limit": 900, "elapsed": 60, "remaining": 840, "deadline": "2026-11-23T22:46:37.408Z"}
    return {"id": "k4", "subject": "ada", "state": "active", "clocks": {"idle": clock}, "end": None, **fields}


def test_a_live_session_has_what_is_left() -> None:
    session = session_of(_document())
    assert session.active and session.ended_by is None
    assert session.clocks["idle"].remaining == 840


def test_what_ended_it_is_the_clock_or_else_the_reason() -> None:
    assert session_of(_document(state="expired", end={"reason": "expired", "clock": "idle"})).ended_by == "idle"
    ended = session_of(_document(state="ended", end={"reason": "logout", "clock": None}))
    assert ended.ended_by == "logout" and not ended.active


def test_a_login_follows_its_credential() -> None:
    login = Login("k4", "ada", "nightlatch-80", "old")
    login.take(["theme=dark; Path=/", "nightlatch-80=new; Path=/; HttpOnly"])
    assert login.headers == {"Cookie": "nightlatch-80=new"}
    login.take(["nightlatch-80=; Max-Age=0"])
    assert login.value == "new"
    assert "new" not in repr(login)


def test_an_answer_tells_the_verdict() -> None:
    told = 'expired; clock=idle; limit=900; elapsed=1312; rule="a; clock=b"; id=k3'
    answer = Answer(401, {"nightlatch-verdict": told}, b"no")
    assert (answer.verdict, answer.clock, answer.decision, answer.text) == ("expired", "idle", "k3", "no")
    passed = Answer(200, {}, b"")
    assert (passed.verdict, passed.clock, passed.decision) == ("allow", None, None)
