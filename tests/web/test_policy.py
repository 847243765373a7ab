import pytest
from tests.web.conftest import Desks
from tests.web.desk import Desk

from nightlatch.core.verdict import Kind

TIGHT = '[policy]\nname = "tight"\n[session]\nidle = "5m"\nabsolute = "8h"\n'
BROKEN = '[session]\nidel = "5m"\nabsolute = "5M"\n'


def test_the_policy_in_force(desk: Desk) -> None:
    reply = desk.call("GET", "/policy")
    policy = reply.json
    assert policy["name"] == policy["file"] == "default"
    assert policy["text"] == desk.guard.policy.text
    assert policy["words"][0] == "A session ends after 30m without activity."
    assert reply.headers["ETag"] == f'"{policy["version"]}"'


@pytest.mark.parametrize("as_json", [True, False])
def test_another_one_holds_from_the_next_request_on(desk: Desk, as_json: bool) -> None:
    cookie = desk.log_in("ada")
    desk.later(minutes=4)
    given = {"document": {"text": TIGHT}} if as_json else {"body": TIGHT.encode()}
    reply = desk.call("PUT", "/policy", **given)
    assert (reply.status, reply.json["name"], reply.json["text"], reply.json["ended"]) == (200, "tight", TIGHT, 0)
    desk.later(minutes=1)
    assert desk.kind(cookie=cookie) is Kind.EXPIRED


@pytest.mark.parametrize("method", ["PUT /policy", "POST /policy/preview"])
def test_mistakes_are_told_all_at_once_with_their_places(desk: Desk, method: str) -> None:
    before = desk.get("/policy")
    reply = desk.call(*method.split(), body=BROKEN.encode())
    assert (reply.status, reply.headers["Content-Type"]) == (422, "application/problem+json")
    first, second = reply.json["errors"]
    assert (first["line"], first["column"], first["nearest"]) == (2, 1, "idle")
    assert (second["line"], second["column"]) == (3, 12)
    assert desk.get("/policy") == before


def test_somebody_else_was_faster(desk: Desk) -> None:
    seen = desk.get("/policy")["version"]
    assert desk.call("PUT", "/policy", body=TIGHT.encode(), If_Match=f'"{seen}"').status == 200
    reply = desk.call("PUT", "/policy", body=b"[session]\n", If_Match=f'"{seen}"')
    assert reply.status == 412
    assert desk.get("/policy")["name"] == "tight"


def test_a_preview_tells_what_would_become_of_those_who_are_here(desk: Desk) -> None:
    first = desk.log_in_at_control("ada")
    desk.later(minutes=6)
    second = desk.log_in_at_control("bob")
    preview = desk.call("POST", "/policy/preview", {"text": TIGHT}).json
    assert [preview[name] for name in ("live", "ends", "shorter", "longer", "same")] == [2, 1, 1, 0, 0]
    told = {each["session"]: (each["effect"], each["clock"]) for each in preview["sessions"]}
    assert told == {first: ("ends", "idle"), second: ("shorter", "idle")}
    assert preview["sessions"][0]["session"] == first
    assert desk.get("/policy")["name"] == "default"
    assert desk.call("PUT", "/policy", {"text": TIGHT}).json["ended"] == 1


def test_a_demand_that_no_login_can_meet_is_a_mistake(desks: Desks) -> None:
    text = '[[rule]]\nname = "vault"\nmatch = { path = "/vault" }\nrequire = { acr = ["gold"] }\n'
    reply = desks().call("PUT", "/policy", {"text": text})
    assert reply.status == 422
    assert "acr gold" in reply.json["errors"][0]["found"]


def test_what_is_no_text_is_refused(desk: Desk) -> None:
    assert desk.call("PUT", "/policy", body=b"\xff\xfe").status == 400
    assert desk.call("PUT", "/policy", {"txt": ""}).status == 400
    assert desk.call("PUT", "/policy").status == 400
    assert desk.call("PUT", "/policy", body=b"#" * (3 << 20)).status in (400, 413, 599)
