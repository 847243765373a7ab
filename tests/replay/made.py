"""Timelines, policies and captures for the tests of the replay, made in memory."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from nightlatch.core.policy import SECOND, Activity, Limits, Match, PassivePattern, Policy, Rule
from nightlatch.core.request import RequestView
from nightlatch.replay.exchange import Capture, Exchange
from nightlatch.replay.replaying import Replayed, replay, run
from nightlatch.replay.session_key import SessionKey
from nightlatch.replay.simulate import Judged
from nightlatch.replay.timeline import timeline

BY_COOKIE = SessionKey("cookie", "sid")
T0 = 1_700_000_000


def view(path: str = "/", cookie: str | None = "a", method: str = "GET", **headers: str) -> RequestView:
    fields = {name.lower().replace("_", "-"): (value,) for name, value in headers.items()}
    if cookie is not None:
        fields["cookie"] = (f"sid={cookie}",)
    return RequestView(method, "app.test", path, "", fields, "")


def exchange(seconds: float, path: str = "/", cookie: str | None = "a", takes: float = 0, **more: Any) -> Exchange:
    """A request `seconds` after the beginning of all timelines here."""
    placed = {
        name: more.pop(name) for name in ("position", "streamed", "recorded", "set_cookies", "size") if name in more
    }
    return Exchange(
        placed.pop("position", 0),
        "made",
        T0 * SECOND + round(seconds * SECOND),
        round(takes * SECOND),
        view(path, cookie, **more),
        "https://app.test",
        200,
        **placed,
    )


def limits(idle: float | None, absolute: float | None) -> Limits:
    return Limits(_us(idle), _us(absolute), leeway=30 * SECOND)


def _us(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * SECOND)


def rule(name: str, path: str, idle: float | None = None, absolute: float | None = None, **more: Any) -> Rule:
    return Rule(name, Match(path=(path,)), limits(idle, absolute), **more)


def policy(
    idle: float | None = 1800, absolute: float | None = 28800, *rules: Rule, passive: str | None = None
) -> Policy:
    patterns = () if passive is None else (PassivePattern(path=passive),)
    return Policy("made", "v1", session=limits(idle, absolute), rules=rules, activity=Activity(passive=patterns))


def judged(
    exchanges: Iterable[Exchange], under: Policy, *, relogin: bool = True, key: SessionKey = BY_COOKIE
) -> tuple[dict[str, Any], list[Judged]]:
    """The figures of the one policy, and every decision."""
    decisions: list[Judged] = []
    times = timeline([Capture("made", list(exchanges), [])])
    document: Any = replay(times, [under], key, relogin=relogin, sink=lambda each, _: decisions.append(each))
    return document["policies"][0], decisions


def observed(
    exchanges: Iterable[Exchange], *policies: Policy, relogin: bool = True, key: SessionKey = BY_COOKIE
) -> Replayed:
    """A whole replay, with what reports tell."""
    times = timeline([Capture("made", list(exchanges), [])])
    return run(times, policies or (policy(),), key, relogin=relogin, observe=True)


def verdicts(exchanges: Iterable[Exchange], under: Policy, **more: Any) -> list[str]:
    """What became of each request: the verdict and, where there is one, the clock."""
    return [
        " ".join(filter(None, (each.verdict.kind, each.verdict.clock))) for each in judged(exchanges, under, **more)[1]
    ]


def har_entry(at: str = "2024-01-01T09:00:00.000Z", url: str = "https://app.test/", **changes: Any) -> dict[str, Any]:
    """An entry of a HAR file as browsers write them; `headers` and `cookies` are given as mappings."""
    headers = changes.pop("headers", {"Cookie": "sid=a"})
    request = {
        "method": changes.pop("method", "GET"),
        "url": url,
        "httpVersion": "HTTP/1.1",
        "headers": _pairs(headers),
        "cookies": [],
        "queryString": [],
        "headersSize": -1,
        "bodySize": 0,
    }
    answer = {
        "status": changes.pop("status", 200),
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "headers": _pairs(changes.pop("answer_headers", {})),
        "cookies": [],
        "content": {"size": 0, "mimeType": changes.pop("mime", "text/html")},
        "redirectURL": "",
    }
    return {"startedDateTime": at, "time": changes.pop("time", 12.5), "request": request, "response": answer, **changes}


def _pairs(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def har(*entries: Any) -> bytes:
    """A HAR file with these entries."""
    return json.dumps(
        {"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": entries}}
    ).encode()
