"""A client of a guard: logs in, asks for a page, logs out, and tells what it heard. Holds one connection open at a
time. Knows HTTP; knows nothing of what ought to be answered."""

import http.client
import json
from collections.abc import Mapping
from typing import NamedTuple

from scripts.bench_processes import PATIENCE

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
SCRIPT = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin", "Accept": "*/*"}


class Unheard(Exception):
    """The connection ended before an answer came: whatever was asked may have happened, or not."""


class Refused(Unheard):
    """Nobody listens: it has not happened."""


class Heard(NamedTuple):
    """An answer: its status, the verdict it names, and the credential that came with it (empty: none)."""

    status: int
    verdict: str
    credential: str
    body: bytes

    @property
    def let_in(self) -> bool:
        return self.status == 200 and self.body == b"ok"

    @property
    def turned_away(self) -> bool:
        return self.status == 401 and self.verdict in ("refused", "expired")


class Visitor:
    """Talks to the guard at 127.0.0.1:`port`; one thread's."""

    def __init__(self, port: int) -> None:
        self._cookie = f"nightlatch-{port}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def log_in(self, user: str, credential: str = "", *, again: bool = False) -> Heard:
        """A session of `user`, in place of the one that `credential` is of; with `again` that one goes on, freshly
        authenticated."""
        form = f"user={user}&return_to=/{'&reauthenticate=1' if again else ''}"
        return self._ask("POST", "/.nightlatch/login", form, FORM, credential)

    def ask(self, path: str, credential: str) -> Heard:
        """A page, as a script asks for it."""
        return self._ask("GET", path, "", SCRIPT, credential)

    def log_out(self, credential: str) -> Heard:
        return self._ask("POST", "/.nightlatch/logout", "", FORM, credential)

    def end(self, control: str, token: str, session: str) -> Heard:
        """End a session by the control API at `control`, on a connection of its own."""
        connection = http.client.HTTPConnection(control.removeprefix("http://"), timeout=PATIENCE)
        try:
            return self._exchange(
                connection, "DELETE", f"/sessions/{session}", "", {"Authorization": f"Bearer {token}"}
            )
        finally:
            connection.close()

    def close(self) -> None:
        self._connection.close()

    def _ask(self, method: str, path: str, body: str, headers: Mapping[str, str], credential: str) -> Heard:
        cookie = {"Cookie": f"{self._cookie}={credential}"} if credential else {}
        return self._exchange(self._connection, method, path, body, {**headers, **cookie})

    def _exchange(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: str, headers: Mapping[str, str]
    ) -> Heard:
        try:
            connection.request(method, path, body or None, dict(headers))
            answer = connection.getresponse()
            return self._heard(answer, answer.read())
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise (Refused if isinstance(error, ConnectionRefusedError) else Unheard) from error

    def _heard(self, answer: http.client.HTTPResponse, body: bytes) -> Heard:
        named = (answer.getheader("Nightlatch-Verdict") or "").partition(";")[0]
        name, _, value = (answer.getheader("Set-Cookie") or "").partition(";")[0].partition("=")
        return Heard(answer.status, named or _problem(body), value if name == self._cookie else "", body)


def _problem(body: bytes) -> str:
    """The verdict in a problem document; empty where there is none."""
    try:
        document = json.loads(body)
    except ValueError:
        return ""
    return str(document.get("verdict", "")) if isinstance(document, dict) else ""
