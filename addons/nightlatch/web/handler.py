"""From an HTTP request to a route and back: the walls, the checks of what was sent, the one shape of every error."""

import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from tornado.httputil import HTTPServerRequest
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler, stream_request_body

from nightlatch.core.failures import where_failed
from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.printable import printable
from nightlatch.ledger.port import LedgerError, Overtaken
from nightlatch.web import problems, stream
from nightlatch.web.access import Caller, challenge, no_token, wrong_place
from nightlatch.web.asking import Answer, Ask
from nightlatch.web.policy import invalid
from nightlatch.web.problems import Refusal
from nightlatch.web.routes import Route
from nightlatch.web.serving import Serving

log = logging.getLogger(__name__)

SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
POLICY_OF_DOCUMENTS = "default-src 'none'; frame-ancestors 'none'"
"""Content-Security-Policy of what is no page."""


@stream_request_body
class Walled(RequestHandler):
    """What every answer of this server has in common. The walls come before the body: tornado would read forms in it,
    of a thousand parts or with line breaks in their names, before anybody had been asked for a token."""

    serving: Serving
    received = b""
    """The body so far; whole when the answer is made."""
    guarded = True
    """Whether the token is asked for."""

    def initialize(self, serving: Serving) -> None:
        self.serving = serving

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in {**SAFE_HEADERS, "Content-Security-Policy": POLICY_OF_DOCUMENTS}.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        caller = caller_of(self.request)
        shut = wrong_place(caller)
        if shut is not None:
            raise Refusal(shut.status, shut.detail)
        if self.guarded and (shut := no_token(caller, self.serving.token)) is not None:
            raise Refusal(shut.status, shut.detail, WWW_Authenticate=challenge(caller))

    def data_received(self, chunk: bytes) -> None:
        self.received += chunk

    def write_error(self, status_code: int, **about: Any) -> None:
        error = about.get("exc_info", (None, None, None))[1]
        status, detail, more = told(error, status_code)
        self.set_status(status)
        if status == 405:
            self.set_header("Allow", self.allowed())
        for name, value in getattr(error, "headers", {}).items():
            self.set_header(name, value)
        self.set_header("Content-Type", problems.CONTENT_TYPE)
        self.finish(msgspec.json.encode(problems.problem(status, detail, more)))

    def allowed(self) -> str:
        """The methods that there are here, for `Allow`."""
        return "GET, HEAD"

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """Only mistakes of one's own are news, and nothing of the request is: it holds the token."""
        if told(error, 0)[0] == 500:
            log.error("the control API made a mistake at %s: %s", printable(self.request.path), where_failed(error))


class Missing(Walled):
    """There is nothing at this address."""

    async def _answer(self) -> None:
        raise Refusal(404, "There is nothing here; GET /openapi.json tells what there is.")

    get = head = post = put = delete = patch = options = _answer


class Endpoint(Walled):
    """Everything at one path of the table."""

    def initialize(self, serving: Serving, routes: Mapping[str, Route]) -> None:  # type: ignore[override] # tornado passes keywords
        self.serving, self.routes = serving, routes
        self.emitter: stream.Emitter | None = None

    def prepare(self) -> None:
        route = self.routes.get(self._method())
        self.guarded = route is None or not route.open
        super().prepare()

    def _method(self) -> str:
        return "GET" if self.request.method == "HEAD" else str(self.request.method)

    def allowed(self) -> str:
        return ", ".join(sorted({*self.routes, *(("HEAD",) if "GET" in self.routes else ())}))

    async def _answer(self, **path: str) -> None:
        route = self.routes.get(self._method())
        if route is None:
            raise Refusal(405, f"Here one can {self.allowed()}.")
        ask = self._ask(route, path)
        if route.stream is not None and stream.CONTENT_TYPE in self.request.headers.get("Accept", ""):
            await self._stream(route, ask)
        else:
            self._give(await route.answer(ask))

    get = head = post = put = delete = patch = options = _answer

    def _ask(self, route: Route, path: Mapping[str, str]) -> Ask:
        json = "json" in self.request.headers.get("Content-Type", "")
        body = None if route.body is None else read_body(route.body, self.received, json=json)
        query = checked(route.query, self.request.query_arguments)
        return Ask(self.serving.control, self.serving.ledger, path, query, body, self.request.headers)

    def _give(self, answer: Answer) -> None:
        document = answer.document
        self.set_status(answer.status)
        self.set_header("Content-Type", "application/json")
        for name, value in answer.headers.items():
            self.set_header(name, value)
        body = document if isinstance(document, bytes) else msgspec.json.encode(document)
        self.set_header("Content-Length", str(len(body)))
        self.finish(b"" if self.request.method == "HEAD" else body)

    async def _stream(self, route: Route, ask: Ask) -> None:
        assert route.stream is not None  # noqa: S101 (told by the caller, for the type checker)
        self.emitter = stream.Emitter(self.serving.changes, self._write_now)
        self.set_header("Content-Type", stream.CONTENT_TYPE)
        try:
            if self.request.method != "HEAD":
                await self._write_now(": nightlatch\n\n")  # the client learns at once that it is connected
                await route.stream(ask, self.emitter)
        except StreamClosedError:
            return

    async def _write_now(self, text: str) -> None:
        self.write(text)
        await self.flush()

    def on_connection_close(self) -> None:
        if self.emitter is not None:
            self.emitter.gone = True
            self.serving.changes.announce()


def caller_of(request: HTTPServerRequest) -> Caller:
    """Where a request comes from, in its own words."""
    headers = request.headers
    return Caller(
        hosts=headers.get_list("Host"),
        origins=headers.get_list("Origin"),
        site=headers.get("Sec-Fetch-Site", ""),
        authorization=headers.get_list("Authorization"),
    )


def checked(shape: type, asked: Mapping[str, list[bytes]]) -> Any:
    """Query parameters as `shape`, which says what there may be.

    Raises:
        Refusal: 400, with the place.
    """
    twice = next((name for name, values in asked.items() if len(values) > 1), None)
    if twice is not None:
        raise Refusal(400, f"The query cannot be used: `{twice}` is given more than once.")
    try:
        return msgspec.convert({name: values[0].decode() for name, values in asked.items()}, shape, strict=False)
    except (msgspec.ValidationError, UnicodeDecodeError) as error:
        raise Refusal(400, f"The query cannot be used: {error}.") from None


def read_body(shape: type, body: bytes, *, json: bool) -> Any:
    """The body as `shape`: JSON, whatever its type is called; a policy may also be sent as it is.

    Args:
        shape: what it has to be.
        body: as it was sent.
        json: it says that it is JSON.

    Raises:
        Refusal: 400, with the place.
    """
    try:
        if not body and not json and _needs_something(shape):
            raise Refusal(400, "The body is empty.")
        if not json and "text" in shape.__struct_fields__:  # type: ignore[attr-defined] # every shape is a Struct
            return shape(text=body.decode("utf-8"))
        return msgspec.json.decode(body or b"{}", type=shape)
    except UnicodeDecodeError:
        raise Refusal(400, "The body is not UTF-8.") from None
    except msgspec.DecodeError as error:
        raise Refusal(400, f"The body cannot be used: {error}.") from None


def _needs_something(shape: type) -> bool:
    """Whether something of `shape` has no default."""
    return any(field.required for field in msgspec.structs.fields(shape))


def told(error: BaseException | None, status: int) -> tuple[int, str, Mapping[str, Any]]:
    """Status, sentence and further members for whatever went wrong."""
    if isinstance(error, Refusal):
        return error.status, error.detail, {}
    if isinstance(error, PolicyInvalid):
        return invalid(error)
    if isinstance(error, Overtaken):
        return 409, str(error), {}
    if isinstance(error, LedgerError):
        return 503, str(error), {}
    if isinstance(error, HTTPError):
        return error.status_code, error.log_message or "That request cannot be read.", {}
    return status or 500, "nightlatch made a mistake; its log tells more.", {}
