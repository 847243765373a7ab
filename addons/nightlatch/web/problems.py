"""The one shape of every error of the control API: a problem document (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

CONTENT_TYPE = "application/problem+json"


class Refusal(Exception):
    """A request that is answered with an error; what it says is told to the caller, in header fields too."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def problem(status: int, detail: str, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """`type`, `title`, `status`, `detail`, and further members such as `errors` (one an error in a policy)."""
    return {"type": "about:blank", "title": _title(status), "status": status, "detail": detail, **(more or {})}


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
