"""Clients that send exactly what a test says: bytes over a socket, or a browser's headers with a cookie jar."""

import http.client
import re
import socket
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

PATIENCE = 15.0
"""Seconds that an answer may take."""

NAVIGATION = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Site": "none",
}
SCRIPT = {
    "Accept": "application/json",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Dest": "empty",
    "Sec-Fetch-Site": "same-origin",
}
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


class Answer(NamedTuple):
    """What came back; status 0 when the connection was closed without an answer."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def values(self, name: str) -> list[str]:
        """Every value of the header `name`."""
        return [value for field, value in self.headers if field.lower() == name.lower()]

    def header(self, name: str) -> str:
        """The first value of the header `name`, or an empty string."""
        return next(iter(self.values(name)), "")

    @property
    def verdict(self) -> str:
        """The verdict's name, empty when the guard said nothing."""
        return self.header("Nightlatch-Verdict").partition(";")[0].strip()

    def parameter(self, name: str) -> str:
        """A parameter of the verdict, unquoted; empty when it has none of that name."""
        found = re.search(rf'; *{name}="?([^";]*)', self.header("Nightlatch-Verdict"))
        return found[1] if found else ""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class Line:
    """One connection that stays open, for tests that say more than one thing on it."""

    def __init__(self, url: str) -> None:
        split = urlsplit(url)
        self.socket = socket.create_connection((split.hostname or "", split.port or 80), PATIENCE)

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self, method: str = "GET") -> Answer:
        """The next answer on this connection."""
        response = http.client.HTTPResponse(self.socket, method=method)
        try:
            response.begin()
            body = b"" if response.status == 101 else response.read()
            return Answer(response.status, tuple(response.getheaders()), body)
        except (http.client.HTTPException, ConnectionError):
            return Answer(0)
        finally:
            response.close()


def raw(url: str, data: bytes, method: str = "GET") -> Answer:
    """Send `data` as it is on a new connection, and read one answer."""
    with Line(url) as line:
        line.send(data)
        return line.answer(method)


def compose(method: str, target: str, headers: list[tuple[str, str]], body: bytes = b"") -> bytes:
    """One HTTP/1.1 request, nothing added but the length of a body."""
    length = [("Content-Length", str(len(body)))] if body else []
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in [*headers, *length]), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


class Browser:
    """A client with a cookie jar that follows no redirect."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.host = urlsplit(url).netloc
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """One request on a connection of its own; a `Host` or `Cookie` among `headers` replaces the usual one."""
        usual = {"Host": self.host, "Connection": "close"}
        if self.cookies:
            usual["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = raw(self.url, compose(method, target, list({**usual, **headers}.items()), body), method)
        self._keep(answer)
        return answer

    def navigate(self, target: str, **headers: str) -> Answer:
        """Open a page."""
        return self.ask("GET", target, {**NAVIGATION, **_fields(headers)})

    def fetch(self, target: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        """Ask as a page's script does; `content_type=` becomes `Content-Type`."""
        return self.ask(method, target, {**SCRIPT, **_fields(headers)}, body)

    def submit(self, target: str, **fields: str) -> Answer:
        """Send a form of this site."""
        form = {
            "Origin": self.url,
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
        }
        return self.ask("POST", target, {**NAVIGATION, **form}, urlencode(fields).encode())

    def socket(self, target: str) -> Line:
        """Open a WebSocket, to be closed by leaving its context."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        known = [("Host", self.host), ("Cookie", cookie), ("Origin", self.url)]
        line = Line(self.url)
        line.send(compose("GET", target, [*known, *HANDSHAKE.items()]))
        answer = line.answer()
        assert answer.status == 101, answer
        return line

    def login(self, user: str = "ada") -> "Browser":
        """Log in by the dev login; this browser."""
        answer = self.submit("/.nightlatch/login", user=user, return_to="/")
        assert answer.status == 303, (answer.status, answer.text)
        assert self.cookies, "the login set no cookie"
        return self

    def _keep(self, answer: Answer) -> None:
        for line in answer.values("Set-Cookie"):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value


def _fields(headers: Mapping[str, str]) -> dict[str, str]:
    """Keyword arguments as field names."""
    return {name.replace("_", "-"): value for name, value in headers.items()}
