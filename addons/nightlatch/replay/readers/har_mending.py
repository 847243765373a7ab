"""Entries of HAR files that are not as the format has it, but good enough to be judged: only what counts is asked of
them, which is a time, a method and a URL."""

import json
from typing import Any

from msgspec import Raw

from nightlatch.replay.exchange import Unfit
from nightlatch.replay.readers.har import Content, Entry, HarRequest, HarResponse, whole


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
        _text(asked, "method", "request."),
        _text(asked, "url", "request."),
        _raw(asked.get("headers")),
        _raw(asked.get("cookies")),
        _raw(asked.get("postData")),
        asked.get("bodySize"),
    )
    return Entry(_text(entry, "startedDateTime"), request, entry.get("time"), _response(entry.get("response")))


def _response(answer: Any) -> HarResponse | None:
    if not isinstance(answer, dict):
        return None
    content = answer.get("content")
    kind = content.get("mimeType") if isinstance(content, dict) else None
    return HarResponse(answer.get("status"), _raw(answer.get("headers")), Content(kind))


def _text(mapping: dict[str, Any], name: str, of: str = "") -> str:
    value = mapping.get(name)
    if not isinstance(value, str):
        found = "is missing" if value is None else f"is no text: {whole(str(value)[:40])}"
        raise Unfit(f"{of}{name} {found}")
    return whole(value)


def _raw(value: Any) -> Raw:
    return Raw(json.dumps(value).encode())
