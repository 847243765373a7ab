"""The walls, over real HTTP: each attack once."""

import asyncio
import logging

import pytest
from tests.web.desk import Desk

from nightlatch.web.routes import ROUTES

GUARDED = [route for route in ROUTES if not route.open]


def test_nothing_without_the_token(desk: Desk) -> None:
    for route in GUARDED:
        for token in ("-", "wrong", "Bearer"):
            reply = desk.call(route.method, route.path.replace("{id}", "x"), token=token)
            assert reply.status == 401, route
            assert reply.headers["WWW-Authenticate"].startswith('Bearer realm="nightlatch control"')
            assert reply.json["detail"].startswith("The control API asks for its token")


def test_the_token_does_not_come_in_the_url_or_a_cookie(desk: Desk) -> None:
    token = desk.control.token
    assert desk.call("GET", f"/sessions?token={token}&access_token={token}", token="-").status == 401
    assert desk.call("GET", "/sessions", token="-", Cookie=f"token={token}; Authorization=Bearer {token}").status == 401


def test_a_site_whose_name_was_rebound_gets_nothing(desk: Desk) -> None:
    """DNS rebinding: the browser takes evil.example for this server, and sends that name."""
    for path in ("/", "/livez", "/openapi.json", "/sessions", "/dashboard/app.js"):
        reply = desk.call("GET", path, Host=f"evil.example:{desk.control.url.rpartition(':')[2]}")
        assert reply.status == 421, path


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:8080", "http://localhost:3000"])
def test_a_foreign_page_changes_nothing_even_with_the_token(desk: Desk, origin: str) -> None:
    session = desk.log_in_at_control()
    for method, path in (("DELETE", f"/sessions/{session}"), ("POST", "/reset"), ("PUT", "/policy"), ("GET", "/")):
        reply = desk.call(method, path, Origin=origin)
        assert reply.status == 403
        assert "Access-Control-Allow-Origin" not in reply.headers
    assert desk.get(f"/sessions/{session}")["state"] == "active"


def test_a_preflight_is_refused(desk: Desk) -> None:
    reply = desk.call(
        "OPTIONS", "/sessions", token="-", Origin="http://evil.example", Access_Control_Request_Method="DELETE"
    )
    assert reply.status == 403
    assert not any(name.startswith("Access-Control") for name in reply.headers)


def test_its_own_page_may(desk: Desk) -> None:
    assert desk.call("POST", "/clock/freeze", Origin=desk.control.url, Sec_Fetch_Site="same-origin").status == 200


def test_every_error_has_one_shape(desk: Desk) -> None:
    errors = [
        desk.call("GET", "/nothing"),
        desk.call("GET", "/sessions", token="-"),
        desk.call("PATCH", "/sessions"),
        desk.call("GET", "/sessions?limit=x"),
        desk.call("POST", "/clock/advance", body=b"{"),
        desk.call("POST", "/clock/advance", {"by": 31}),
        desk.call("GET", "/sessions/nobody"),
        desk.call("GET", "/sessions/%ff"),
        desk.call("GET", "/livez", Host="evil.example"),
        desk.call("POST", "/login", {"user": "eve"}),
        desk.call("PUT", "/policy", {"text": "["}),
        desk.call("DELETE", "/"),
    ]
    assert [reply.status for reply in errors] == [404, 401, 405, 400, 400, 400, 404, 400, 421, 409, 422, 405]
    for reply in errors:
        assert reply.headers["Content-Type"] == "application/problem+json"
        assert {"type", "title", "status", "detail"} <= reply.json.keys()
        assert reply.json["status"] == reply.status


def test_what_one_can_do_is_told(desk: Desk) -> None:
    assert desk.call("PATCH", "/sessions").headers["Allow"] == "DELETE, GET, HEAD"


def test_a_head_is_a_get_without_its_body(desk: Desk) -> None:
    reply = desk.call("HEAD", "/clock")
    assert (reply.status, reply.body) == (200, b"")
    assert int(reply.headers["Content-Length"]) > 50


def test_nothing_is_stored_embedded_or_guessed(desk: Desk) -> None:
    for path in ("/", "/clock", "/nothing"):
        headers = desk.call("GET", path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Server" not in headers


def test_a_mistake_of_ones_own_is_told_to_the_log_and_not_to_the_caller(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(type(desk.guard.clock), "read", lambda _: 1 / 0)
    with caplog.at_level(logging.DEBUG):
        reply = desk.call("GET", "/clock")
    assert (reply.status, "ZeroDivision" in reply.json["detail"]) == (500, False)
    assert "ZeroDivisionError" in caplog.text
    assert desk.control.token not in caplog.text


MANY_PARTS = b"--x\r\nno colon here\r\n\r\n\r\n" * 2000 + b"--x--\r\n"


def test_a_form_is_not_read_for_anybody(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """Tornado 6.4 tells the log of each part that it cannot read, and any page in a browser can send such a form."""
    kind = "multipart/form-data; boundary=x"
    assert desk.call("POST", "/login", body=MANY_PARTS, token="-", Content_Type=kind).status == 401
    assert desk.call("POST", "/login", body=MANY_PARTS, Content_Type=kind).status == 400
    assert desk.call("POST", "/nowhere", body=MANY_PARTS, token="-", Content_Type=kind).status == 401
    assert caplog.records == []


def test_who_may_not_ask_is_turned_away_before_the_body(desk: Desk) -> None:
    host = desk.control.url.removeprefix("http://")

    async def told(*fields: str) -> bytes:
        reader, writer = await asyncio.open_connection(*host.split(":"))
        head = "\r\n".join(["PUT /policy HTTP/1.1", f"Host: {host}", "Content-Length: 1000", *fields, "", ""])
        writer.write(head.encode())
        line = await asyncio.wait_for(reader.readline(), 30)
        writer.close()
        return line

    assert desk.run(told()).split()[1] == b"401"
    assert desk.run(told("Origin: http://evil.example")).split()[1] == b"403"
