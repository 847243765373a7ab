"""A helpful 502 in place of mitmproxy's own, which names its error and nothing to do about it; a 400 that does not tell
the client which of the guard's checks to have switched off; and 501 for CONNECT.

mitmproxy writes its error bodies through functions that no hook reaches; HTTP/1 and HTTP/2 each take them from their
own module, so they are replaced there. Tested against every supported version.
"""

import re
from collections.abc import Callable

from mitmproxy.proxy.layers.http import _base, _http1, _http2

from nightlatch.proxy.pages import Pages

_stock_body = _base.format_error
_stock_answer = _http1.make_error_response

_NO_TUNNEL = (
    b"HTTP/1.1 501 Not Implemented\r\n%sNightlatch-Verdict: invalid\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)
_ADVICE = re.compile(r"\s*Disable the \w+ option[^.]*\.")
_VERDICTS = {400: b"invalid", 502: b"error"}
_SERVER = re.compile(rb"(?im)^server:.*\r\n")


def install(pages: Pages, upstream: str, clock: Callable[[], str | None] = lambda: None) -> None:
    """Answer for `upstream`, when it cannot be reached, with a page of ours, and what makes no sense with another; all
    other statuses stay mitmproxy's.

    `clock` tells `Nightlatch-Clock` while the warp is on.
    """

    def own_fields() -> bytes:
        shown = clock()
        return b"Cache-Control: no-store\r\n" + (f"Nightlatch-Clock: {shown}\r\n".encode() if shown else b"")

    def format_error(status: int, message: str) -> bytes:
        if int(status) == 400:
            return pages.page("bad_request", why=_ADVICE.sub("", message))
        if int(status) == 502:
            return pages.page("bad_gateway", upstream=upstream, cause=message)
        return _stock_body(status, message)

    def make_error_response(status: int, message: str = "") -> bytes:
        if "CONNECT" in message:
            return _NO_TUNNEL % own_fields()
        line, end, rest = _SERVER.sub(b"", _stock_answer(status, message)).partition(b"\r\n")
        verdict = _VERDICTS.get(int(status))
        return line + end + (own_fields() + b"Nightlatch-Verdict: %s\r\n" % verdict if verdict else b"") + rest

    for name, replacement in (("format_error", format_error), ("make_error_response", make_error_response)):
        setattr(_http1, name, replacement)
    setattr(_http2, "format_error", format_error)  # noqa: B010 (the module does not declare it as its own)
