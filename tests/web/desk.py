"""A control API over a guard without sockets: the guard's clock stands still until it is moved, the HTTP is real."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.proxy.bench import SITE, Bench
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httputil import HTTPHeaders

from nightlatch.proxy.control import GuardControl
from nightlatch.web.server import ControlServer


class Reply(NamedTuple):
    """What came back."""

    status: int
    headers: HTTPHeaders
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Desk(Bench):
    """A guard, and its control API on a port."""

    def __init__(self, folder: Path, policy: str = "", **options: str) -> None:
        super().__init__(folder, policy, **options)
        self.service.announce([("127.0.0.1", 8080)])
        self.control = ControlServer(GuardControl(self.service, SITE), "127.0.0.1", 0)
        self.run(_started(self.control))
        self.http = self.run(_client())

    def close(self) -> None:
        self.run(_stopped(self.control))
        super().close()

    def call(
        self, method: str, path: str, document: Any = None, *, body: bytes = b"", token: str = "", **fields: str
    ) -> Reply:
        """One request with the token (or another one; `-`: none). Header fields by name, `_` for `-`."""
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        headers |= {} if token == "-" else {"Authorization": f"Bearer {token or self.control.token}"}
        if document is not None:
            body, headers = json.dumps(document).encode(), {"Content-Type": "application/json", **headers}
        return self.run(self._fetch(method, path, body, headers))

    async def _fetch(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        request = HTTPRequest(
            self.control.url + path,
            method,
            dict(headers),
            body if body or method in ("POST", "PUT", "PATCH") else None,
            allow_nonstandard_methods=True,
            follow_redirects=False,
            request_timeout=30,
        )
        answer = await self.http.fetch(request, raise_error=False)
        return Reply(answer.code, answer.headers, answer.body)

    def get(self, path: str) -> Any:
        """The document at `path`."""
        reply = self.call("GET", path)
        assert reply.status == 200, reply
        return reply.json

    def log_in_at_control(self, user: str = "ada") -> str:
        """A session of `user`; its id."""
        return str(self.call("POST", "/login", {"user": user}).json["session"])


async def _client() -> AsyncHTTPClient:
    return AsyncHTTPClient(force_instance=True)


async def _started(control: ControlServer) -> None:
    control.start()


async def _stopped(control: ControlServer) -> None:
    control.stop()
