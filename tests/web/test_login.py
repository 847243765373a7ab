import pytest
from tests.proxy.bench import OWN
from tests.web.conftest import Desks
from tests.web.desk import Desk

from nightlatch.core.verdict import Kind


def test_the_cookie_is_good_at_the_guard(desk: Desk) -> None:
    reply = desk.call("POST", "/login", {"user": "ada"})
    assert (reply.status, reply.json["name"]) == (201, OWN)
    assert desk.kind(cookie=f"{OWN}={reply.json['value']}") is Kind.ALLOW
    session = desk.get(f"/sessions/{reply.json['session']}")
    assert (session["subject"], session["groups"], session["amr"]) == ("ada", ["admins"], ["dev"])


def test_the_first_user_is_meant_where_nobody_is_named(desk: Desk) -> None:
    assert desk.get(f"/sessions/{desk.call('POST', '/login').json['session']}")["subject"] == "ada"


@pytest.mark.parametrize("user", ["eve", "ada:admins", "x" * 128])
def test_strangers_are_not_logged_in(desk: Desk, user: str) -> None:
    reply = desk.call("POST", "/login", {"user": user})
    assert reply.status == 409
    assert "ada, bob" in reply.json["detail"]
    assert desk.get("/sessions") == []
    desk.written()
    assert [event["login"] for event in desk.get("/events?type=login.failed")] == ["dev"]


def test_only_the_dev_login_logs_in(desks: Desks) -> None:
    desk = desks(identity="cookie:sid", login="redirect:/login")
    reply = desk.call("POST", "/login", {"user": "ada"})
    assert (reply.status, "redirect" in reply.json["detail"]) == (409, True)


def test_who_asks_is_remembered_where_the_policy_allows_it(desks: Desks) -> None:
    refused = desks().call("POST", "/login", {"remember": True})
    assert (refused.status, "remembers nobody" in refused.json["detail"]) == (409, True)
    desk = desks(policy='[session]\nidle = "15m"\n[remember]\nidle = "7d"\n')
    reply = desk.call("POST", "/login", {"remember": True})
    session = desk.get(f"/sessions/{reply.json['session']}")
    assert session["remembered"] is True and session["clocks"]["idle"]["limit"] == 7 * 86400


def test_an_empty_name_is_a_mistake_and_nobody(desk: Desk) -> None:
    reply = desk.call("POST", "/login", {"user": ""})
    assert (reply.status, "$.user" in reply.json["detail"]) == (400, True)
    assert desk.get("/sessions") == []


def test_one_session_too_many_is_told_to_be_one(desks: Desks) -> None:
    desk = desks('[concurrency]\nmax = 1\nthen = "refuse"\n')
    desk.log_in_at_control("ada")
    reply = desk.call("POST", "/login", {"user": "ada"})
    assert (reply.status, "ada has a live session already" in reply.json["detail"]) == (409, True)
    assert len(desk.get("/sessions")) == 1
