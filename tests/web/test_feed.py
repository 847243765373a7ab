"""What the dashboard is told, and when."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.web.desk import Desk
from tests.web.test_stream import Listener

from nightlatch.core.alert import Finding
from nightlatch.core.instants import rfc3339
from nightlatch.web import feed

Doing = Callable[[], Awaitable[object]]


def _told(desk: Desk, doing: Doing, enough: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """The messages from the first on, until they are `enough`, while `doing` happens after the first."""

    async def scenario() -> list[dict[str, Any]]:
        listener = Listener(desk, "/live")
        await listener.until(1)
        await doing()
        while not enough(listener.documents):
            listener.more.clear()
            await asyncio.wait_for(listener.more.wait(), 30)
        listener.answer.cancel()
        return listener.documents

    return desk.run(scenario())


def _post(desk: Desk, path: str, body: bytes = b"") -> Doing:
    return lambda: desk._fetch("POST", path, body, {"Authorization": f"Bearer {desk.control.token}"})


def test_the_first_message_is_the_state_of_things(desk: Desk) -> None:
    cookie = desk.log_in("ada")
    desk.visit("/reports", cookie=cookie)
    desk.written()
    (first,) = _told(desk, _post(desk, "/clock/resume"), lambda _: True)
    assert first["policy"] == desk.guard.policy.version
    assert first["clock"]["now"] == rfc3339(desk.wall)
    (counted,) = first["counted"].values()
    assert counted["path"] == "/reports"


def test_a_new_session_comes_with_its_event(desk: Desk) -> None:
    messages = _told(desk, _post(desk, "/login", b'{"user": "ada"}'), lambda found: "sessions" in found[-1])
    assert [session["subject"] for session in messages[-1]["sessions"]] == ["ada"]
    assert "session.created" in [event["type"] for message in messages[1:] for event in message.get("events", ())]


def test_activity_comes_too_although_it_is_no_event(desk: Desk) -> None:
    cookie = desk.log_in("ada")
    desk.later(minutes=5)

    async def visiting() -> None:
        waiting = desk.addon.requestheaders(_asking(cookie))
        assert waiting is None

    messages = _told(desk, visiting, lambda found: any("counted" in each for each in found[1:]))
    (session,) = next(each["sessions"] for each in messages[1:] if "sessions" in each)
    assert session["last_active_at"] == rfc3339(desk.wall)


def _asking(cookie: str) -> Any:
    from tests.proxy.bench import a_flow

    return a_flow("/reports", cookie=cookie)


def test_the_clock_and_the_policy(desk: Desk) -> None:
    async def both() -> None:
        await _post(desk, "/clock/advance", b'{"by": "5m"}')()
        await desk._fetch("PUT", "/policy", b"[session]\n", {"Authorization": f"Bearer {desk.control.token}"})

    before = desk.guard.policy.version
    messages = _told(desk, both, lambda found: found[-1]["policy"] != before and found[-1]["clock"]["offset"] == 300)
    assert messages[-1]["policy"] == desk.guard.policy.version


def test_an_alert_when_it_is_raised_and_when_it_counts_one_more(desk: Desk) -> None:
    def raising(at: int) -> Awaitable[object]:
        finding = Finding("refresh_storm", "ada", at, "Too many.")
        return desk.guard.write(lambda writer: writer.raise_alert(finding, "alert", "v"))

    async def twice() -> None:
        await raising(desk.wall)
        await asyncio.sleep(0)
        await raising(desk.wall + 1)

    messages = _told(desk, twice, lambda found: any(a["count"] == 2 for m in found for a in m.get("alerts", ())))
    assert messages[-1]["alerts"][-1]["why"] == "Too many."


def test_too_much_at_once_is_asked_for_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "AT_ONCE", 3)

    async def many() -> None:
        await asyncio.gather(*(_post(desk, "/login")() for _ in range(5)))

    messages = _told(desk, many, lambda found: any(message.get("reload") for message in found))
    assert messages


def test_it_is_only_a_stream(desk: Desk) -> None:
    assert desk.call("GET", "/live").status == 406
    assert desk.call("GET", "/live", token="-", Accept="text/event-stream").status == 401
