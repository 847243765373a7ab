"""A visitor with a cookie jar of one name, for the tour: asks one thing at a time and never follows a redirect."""

import json
from http.cookies import SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPResponse

BROWSER = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Site": "same-origin",
}
SCRIPT = {
    "Accept": "application/json",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Dest": "empty",
    "Sec-Fetch-Site": "same-origin",
}


class Answer(NamedTuple):
    """What came back."""

    status: int
    verdict: str
    """`Nightlatch-Verdict`, empty on answers of the application."""
    session: str
    """`Nightlatch-Session`: seconds remaining, empty on refusals."""
    location: str
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as a JSON object."""
        document: dict[str, Any] = json.loads(self.body)
        return document


class Visitor:
    """One browser, as far as the guard can tell."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies: dict[str, str] = {}
        self.http = AsyncHTTPClient(force_instance=True)

    async def navigate(self, path: str) -> Answer:
        """Open a page."""
        return await self._ask("GET", path, BROWSER)

    async def fetch(self, path: str) -> Answer:
        """Ask as a page's script does."""
        return await self._ask("GET", path, SCRIPT)

    async def submit(self, path: str, **fields: str) -> Answer:
        """Send a form of this site."""
        form = {"Origin": self.url, "Content-Type": "application/x-www-form-urlencoded"}
        return await self._ask("POST", path, {**BROWSER, **form}, urlencode(fields))

    async def _ask(self, method: str, path: str, headers: dict[str, str], body: str | None = None) -> Answer:
        cookie = (
            {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        )
        response = await self.http.fetch(
            self.url + path,
            method=method,
            headers={**headers, **cookie},
            body=body,
            follow_redirects=False,
            raise_error=False,
            request_timeout=10,
        )
        self._keep(response)
        told = response.headers.get
        return Answer(
            response.code,
            told("Nightlatch-Verdict", ""),
            told("Nightlatch-Session", ""),
            told("Location", ""),
            response.body or b"",
        )

    def _keep(self, response: HTTPResponse) -> None:
        """Store and delete cookies as a browser would."""
        for line in response.headers.get_list("Set-Cookie"):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
