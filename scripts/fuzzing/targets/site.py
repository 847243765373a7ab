"""The guarded site itself, without its sockets: any request, any form, any answer of the application.

A hook that breaks answers 503 by law, so nothing passes; here it must not break at all.
"""

import contextlib
import logging
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace

from mitmproxy import ctx, http
from scripts.fuzzing.folders import fresh
from scripts.fuzzing.target import Broken, Target, Targets, holds
from tests.proxy.bench import ORIGIN, Bench, a_flow


class _Mistakes(logging.Handler):
    """What a hook that breaks writes to the log."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.seen.append(record)


@cache
def _guard(**options: str) -> tuple[Bench, str, _Mistakes]:
    """A guard whose clock stands still, the cookie of somebody who is logged in, and what goes wrong."""
    ctx.master = SimpleNamespace(addons={})  # type: ignore[assignment] # hooks look whether there is a view
    bench = Bench(fresh(), _POLICY, **options)
    mistakes = _Mistakes()
    logging.getLogger("nightlatch").addHandler(mistakes)
    logging.getLogger("nightlatch").propagate = False
    return bench, bench.log_in() if "dev_user" in options else "", mistakes


def _unharmed(mistakes: _Mistakes, flow: http.HTTPFlow) -> None:
    if mistakes.seen:
        record = mistakes.seen.pop()
        mistakes.seen.clear()
        error = record.exc_info and record.exc_info[1]
        raise error if isinstance(error, BaseException) else Broken(record.getMessage())
    status = flow.response.status_code if flow.response is not None else 0
    holds(status not in (500, 503), f"{flow.request.method} {flow.request.path} is answered {status}")


def _flow(head: bytes, cookie: str) -> http.HTTPFlow:
    """`METHOD PATH` and header lines as they are; `@` in a Cookie line stands for who is logged in."""
    first, *lines = head.replace(b"@SESSION", cookie.encode()).split(b"\n")
    method, _, path = first.partition(b" ")
    flow = a_flow()
    flow.request.data.method = method or b"GET"
    flow.request.data.path = path or b"/"
    pairs = [line.partition(b":") for line in lines]
    more = [(name.strip() or b"x", value.strip()) for name, _, value in pairs]
    flow.request.headers = http.Headers([(b"Host", b"localhost:8080"), *more])
    return flow


def request(content: bytes) -> None:
    """The head of a request, and after an empty line its body."""
    bench, cookie, mistakes = _guard(dev_user="ada bob:admins")
    head, _, body = content.partition(b"\n\n")
    flow = bench.begin(_flow(head, cookie))
    if flow.response is None:
        bench.body(flow, body)
    if flow.response is None:
        bench.answer(flow)
    bench.finish(flow)
    _unharmed(mistakes, flow)


def _posted(page: str) -> Callable[[bytes], None]:
    def run(content: bytes) -> None:
        bench, cookie, mistakes = _guard(dev_user="ada bob:admins")
        headers = f"Origin: {ORIGIN}\nContent-Length: {len(content)}\nCookie: @SESSION\nAccept: text/html"
        flow = bench.enter(_flow(f"POST /.nightlatch/{page}\n{headers}".encode(), cookie), content)
        holds(flow.response is not None, "one's own page was forwarded")
        where = flow.response.headers.get("location", "/") if flow.response is not None else "/"
        holds(where.startswith("/") and not where.startswith(("//", "/\\")), f"sent to {where}")
        _unharmed(mistakes, flow)

    return run


def answered(content: bytes) -> None:
    """The head of the application's answer: `STATUS` and header lines."""
    bench, cookie, mistakes = _guard(identity="cookie:sid", login="redirect:/login")
    first, *lines = content.split(b"\n")
    status = int(first) if first.isdigit() and len(first) == 3 and first >= b"200" else 200
    flow = bench.enter(_flow(b"GET /x\nCookie: sid=abc", cookie))
    if flow.response is not None:
        return
    pairs = [line.partition(b":") for line in lines]
    fields = [(name.decode("latin-1").strip() or "x", value.decode("latin-1").strip()) for name, _, value in pairs]
    with contextlib.suppress(UnicodeEncodeError):
        bench.answer(flow, status, *((name, value.encode("ascii", "replace").decode()) for name, value in fields))
    bench.finish(flow)
    _unharmed(mistakes, flow)


_POLICY = '[forms]\nkeep = true\n[[rule]]\nname = "admin"\nmatch = { path = "/admin/**" }\nidle = "5m"\n'
_HEADS = (
    b"GET /a?b=c\nCookie: @SESSION\nAccept: text/html",
    b"POST /form\nCookie: @SESSION\nContent-Type: application/x-www-form-urlencoded\nContent-Length: 7\n\na=b&c=d",
    b"GET /.nightlatch/session?for=/admin/x\nCookie: @SESSION",
    b"GET /.nightlatch/login?return_to=/a&verdict=expired&clock=idle&limit=900&elapsed=1000&amr=mfa\nAccept: text/html",
    b"GET /.nightlatch/logged-out?x=1\nSec-Fetch-Dest: iframe\nReferer: http://localhost:8080/a#b",
    b"GET /ws\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nOrigin: http://evil.example",
    b"OPTIONS /a\nOrigin: http://localhost:3000\nAccess-Control-Request-Method: PUT",
    b"POST /a?nightlatch-kept=xyz\nOrigin: http://localhost:8080\nCookie: nightlatch-form-8080=1",
    b"GET /.nightlatch/form\nCookie: @SESSION; nightlatch-8080-form=x",
    b"GET /.nightlatch/callback?code=a&state=b",
)
_WORDS = (
    *(
        b"/.nightlatch/",
        b"session",
        b"login",
        b"logout",
        b"callback",
        b"form",
        b"jwks.json",
        b"notice.js",
        b"return_to=",
    ),
    *(
        b"?for=",
        b"limit=",
        b"elapsed=9999999999999",
        b"\nCookie: ",
        b"@SESSION",
        b"\nOrigin: ",
        b"\nReferer: http://",
        b"[",
    ),
    *(
        b"\nContent-Length: ",
        b"\xb2",
        b"\nHost: ",
        b"\nAuthorization: Bearer ",
        b"\nUpgrade: websocket",
        b"%ff",
        b"&a" * 30,
    ),
)
TARGETS: Targets = {
    "request": Target(request, _HEADS, _WORDS, 0.15, False),
    "login": Target(
        _posted("login"),
        (b"user=ada&return_to=/a?b=c", b"user=eve&code=1&remember=on&reauthenticate=1"),
        _WORDS,
        0.1,
        False,
    ),
    "logout-token": Target(_posted("backchannel-logout"), (b"logout_token=a.b.c", b"&" * 30), _WORDS, 0.1, False),
    "discard": Target(_posted("form"), (b"nonce=x", b"a=b"), _WORDS, 0.1, False),
    "answer": Target(
        answered,
        (
            b"200\nSet-Cookie: sid=abc; Path=/",
            b"302\nLocation: /\nSet-Cookie: sid=; Max-Age=0",
            b"401\nContent-Type: text/html",
        ),
        (b"\nSet-Cookie: ", b"sid=", b"; Max-Age=", b"; Domain=", b"; Path=", b"Expires=", b"401", b"\nConnection: "),
        0.15,
        False,
    ),
}
