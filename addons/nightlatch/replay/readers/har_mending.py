"""Entries of HAR files that are not as the format has it, but good enough to be judged: only what counts is asked of
them, which is a time, a method and a URL."""

import json
from typing import Any

from msgspec import Raw

from nightlatch.replay.exchange import Unfit
from nightlatch.replay.readers.har import Content, Entry, Field, HarRequest, HarResponse


def mended(entry: Any) -> Entry:
    """`entry`, any JSON value, with everything left out that cannot be understood.

    Raises:
        Unfit: what a judgement needs is missing; names the field.
    """
    if not isinstance(entry, dict):
        raise Unfit("the entry is no object")
    asked = entry.get("request")
    if not isinstance(asked, dict):
        raise Unfit("request is missing or no object")
    request = HarRequest(
        _text(asked, "method", "request."), _text(asked, "url", "request."), _fields(asked.get("headers"))
    )
    request.cookies = Raw(_as_json(_fields(asked.get("cookies"))))
    request.bodySize = asked.get("bodySize")
    if asked.get("postData"):
        request.postData = Raw(b"{}")
    return Entry(_text(entry, "startedDateTime"), request, entry.get("time"), _response(entry.get("response")))


def _response(answer: Any) -> HarResponse | None:
    if not isinstance(answer, dict):
        return None
    content = answer.get("content")
    kind = content.get("mimeType") if isinstance(content, dict) else None
    return HarResponse(answer.get("status"), Raw(_as_json(_fields(answer.get("headers")))), Content(kind))


def _text(mapping: dict[str, Any], name: str, of: str = "") -> str:
    value = mapping.get(name)
    if not isinstance(value, str):
        found = "is missing" if value is None else f"is no text: {str(value)[:40]}"
        raise Unfit(f"{of}{name} {found}")
    return value


def _fields(fields: Any) -> list[Field]:
    """Header fields or cookies, given as the format's array, or as an object of name and value."""
    if isinstance(fields, dict):
        fields = [{"name": name, "value": value} for name, value in fields.items()]
    if not isinstance(fields, list):
        return []
    found = (each for each in fields if isinstance(each, dict) and isinstance(each.get("name"), str))
    return [Field(each["name"], each["value"] if isinstance(each.get("value"), str) else "") for each in found]


def _as_json(fields: list[Field]) -> bytes:
    return json.dumps([{"name": field.name, "value": field.value} for field in fields]).encode()
