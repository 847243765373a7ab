"""A helpful 502 in place of mitmproxy's own, which names its error and nothing to do about it.

mitmproxy writes its error bodies through functions that no hook reaches; HTTP/1 and HTTP/2 each take them from their
own module, so they are replaced there. Tested against every supported version.
"""

from mitmproxy.proxy.layers.http import _base, _http1, _http2

from nightlatch.proxy.pages import Pages

_stock_body = _base.format_error
_stock_answer = _http1.make_error_response

_HEADERS = b'Cache-Control: no-store\r\nNightlatch-Verdict: error; reason="upstream"\r\n'


def install(pages: Pages, upstream: str) -> None:
    """Answer for `upstream`, when it cannot be reached, with a page of ours. Other statuses stay mitmproxy's."""

    def format_error(status: int, message: str) -> bytes:
        if int(status) != 502:
            return _stock_body(status, message)
        return pages.page("bad_gateway", upstream=upstream, cause=message)

    def make_error_response(status: int, message: str = "") -> bytes:
        line, end, rest = _stock_answer(status, message).partition(b"\r\n")
        return line + end + (_HEADERS if int(status) == 502 else b"") + rest

    for name, replacement in (("format_error", format_error), ("make_error_response", make_error_response)):
        setattr(_http1, name, replacement)
    setattr(_http2, "format_error", format_error)  # noqa: B010 (the module does not declare it as its own)
