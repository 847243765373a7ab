"""A client of the control API for tests: JSON over HTTP, with the standard library alone.

Every call opens a connection of its own and goes by no proxy, whatever the environment says: the token is for this
machine only. Knows no pytest.
"""

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

TIMEOUT = 60.0
"""Seconds; a busy machine is no error."""


class ControlError(Exception):
    """The control API said no, or does not answer. `errors` are the mistakes of a policy, each with line and column."""

    def __init__(self, detail: str, status: int = 0, errors: tuple[str, ...] = ()) -> None:
        super().__init__("\n  ".join((detail, *errors)))
        self.status = status
        self.errors = errors


class ControlClient:
    """One guard's control API."""

    def __init__(self, url: str, token: str, by: str = "pytest") -> None:
        """`url` without a trailing slash; `by` is how the audit trail calls whoever moves the clock."""
        self.url, self._token, self._by = url, token, by

    def get(self, path: str, **query: object) -> Any:
        """The document at `path`.

        Raises:
            ControlError: an answer that is an error, or none.
        """
        asked = {name: value for name, value in query.items() if value is not None}
        return self._ask("GET", f"{path}?{urlencode(asked)}" if asked else path)

    def post(self, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Have done what `path` does. Raises ControlError."""
        return self._ask("POST", path, body)

    def put(self, path: str, body: Mapping[str, object]) -> Any:
        """Replace what is at `path`. Raises ControlError."""
        return self._ask("PUT", path, body)

    def delete(self, path: str) -> Any:
        """End what is at `path`. Raises ControlError."""
        return self._ask("DELETE", path)

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", "Nightlatch-By": self._by}
        if body is not None:
            headers["Content-Type"] = "application/json"
        parts = urlsplit(self.url)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            status, content = answer.status, answer.read()
        except (OSError, HTTPException) as error:
            raise ControlError(f"no control API answers at {self.url}: {error or type(error).__name__}") from error
        finally:
            connection.close()
        return _document(status, content)


def _document(status: int, content: bytes) -> Any:
    """What was answered.

    Raises:
        ControlError: it is an error, or no JSON.
    """
    try:
        document = json.loads(content)
    except ValueError:
        raise ControlError(f"the control API answered {status} and no JSON", status) from None
    if status < 400:
        return document
    errors = tuple(f"{each['line']}:{each['column']}: {each['message']}" for each in document.get("errors", ()))
    raise ControlError(str(document.get("detail", f"the control API answered {status}")), status, errors)


def segment(text: str) -> str:
    """`text` as one segment of a path."""
    return quote(text, safe="")
