"""The control API: any method, path, query, header and body, over real HTTP parsing up to the answer."""

import json
import logging
from functools import cache
from urllib.parse import quote

from scripts.fuzzing.folders import fresh
from scripts.fuzzing.target import Target, Targets, holds
from tests.web.desk import Desk

_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}


@cache
def _desk() -> Desk:
    logging.getLogger("tornado").setLevel(logging.CRITICAL)
    logging.getLogger("nightlatch").setLevel(logging.CRITICAL)
    desk = Desk(fresh(), dev_user="ada:admins bob")
    desk.log_in_at_control()
    return desk


def request(content: bytes) -> None:
    """`METHOD PATH?QUERY`, header lines, and after an empty line the body; with the token."""
    head, _, body = content.partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    method, _, path = first.partition(" ")
    pairs = (line.partition(":") for line in lines if ":" in line)
    fields = {name: value.strip() for name, _, value in pairs if name.isascii() and name.replace("-", "").isalnum()}
    fields = {name: value for name, value in fields.items() if value.isascii() and value.isprintable()}
    for name in ("Content-Length", "Transfer-Encoding", "Expect", "Connection", "Host"):
        fields = {own: value for own, value in fields.items() if own.lower() != name.lower()}
    wanted = fields.pop("Accept", "")
    if "event-stream" not in wanted:
        fields["Accept"] = wanted or "*/*"
    target = "/" + quote(path.lstrip("/"), safe="/?&=%;+:@,*'()!$~[]{}|", encoding="latin-1")
    reply = _desk().call(method if method in _METHODS else "GET", target, body=body, **fields)
    holds(reply.status < 500, f"{method} {target} is answered {reply.status}: {reply.body[:200]!r}")
    if reply.status >= 400:
        holds(reply.body == b"" or "detail" in json.loads(reply.body), f"{reply.status} without a reason")


_REQUESTS = (
    b"GET /sessions?limit=10&state=active",
    b"GET /sessions/abc/explain",
    b"DELETE /sessions?subject=nobody",
    b"GET /events?after=0&type=session&limit=5",
    b"GET /alerts?session=x\nAccept: application/json",
    b'POST /clock/advance\nContent-Type: application/json\n\n{"by":"1s"}',
    b'POST /login\nContent-Type: application/json\n\n{"user":"ada","remember":false}',
    b'PUT /policy\nIf-Match: "abc"\n\n[session]\nidle = "15m"\n',
    b'POST /policy/preview\nContent-Type: application/json\n\n{"text":"[session]\\nidle = \\"15m\\"\\n"}',
    b"GET /decisions?limit=1&session=%ff",
    b"GET /openapi.json",
)
TARGETS: Targets = {
    "request": Target(
        request,
        _REQUESTS,
        (
            b"?",
            b"&",
            b"limit=",
            b"after=9223372036854775808",
            b"%00",
            b"%ff",
            b"\n\n",
            b'{"by":',
            b'"\\ud800"',
            b"state=ended",
        ),
        0.03,
        False,
    ),
}
