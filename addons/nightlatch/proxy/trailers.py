"""Trailers are dropped, in both directions.

They arrive after the decision and could say what stripped headers said; and on HTTP/1 mitmproxy gives up the whole
connection over them, without an answer. Tested against every supported version.
"""

from typing import Any

import h11
from mitmproxy.proxy.layers.http import _http1


class WithoutTrailers:
    """A body reader that forgets the trailers."""

    def __init__(self, reader: Any) -> None:  # one of three classes of h11, which are not public
        self._reader = reader

    def __call__(self, buf: object) -> object:
        event = self._reader(buf)
        return h11.EndOfMessage() if isinstance(event, h11.EndOfMessage) and event.headers else event

    def read_eof(self) -> object:
        """The body ends with the connection."""
        event: object = self._reader.read_eof()
        return event


def install() -> None:
    """Read bodies without their trailers from now on. Doing it twice is harmless."""
    stock = _http1.make_body_reader
    if getattr(stock, "without_trailers", False):
        return

    def make_body_reader(expected_size: int | None) -> WithoutTrailers:
        return WithoutTrailers(stock(expected_size))

    vars(make_body_reader)["without_trailers"] = True
    setattr(_http1, "make_body_reader", make_body_reader)  # noqa: B010 (the module declares another return type)
