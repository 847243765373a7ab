"""How much work one HTTP/2 connection can make before it is closed, and how much of it is remembered.

hyper-h2 bounds what is open at a time (100 streams), the frames of one head (64) and its size (64 KiB). It does not
bound requests that their client takes back (CVE-2023-44487), which come by the thousand in one piece while everybody
else waits, nor what is remembered for a client that asks for it. Tested against every supported version.
"""

from typing import Any

from h2.errors import ErrorCodes  # type: ignore[import-untyped,unused-ignore]  # typed from h2 4.2 on
from h2.events import RemoteSettingsChanged, StreamReset  # type: ignore[import-untyped,unused-ignore]  # typed from h2 4.2 on
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http._http2 import Http2Server

from nightlatch.clock import monotonic_now

RESETS, RESETS_EACH_SECOND = 200, 20
"""Requests that may be taken back at once, and again with every second. A page that is left takes back what is open."""

LARGEST_TABLE = 4096
"""Bytes of field names and values that are remembered for compressing answers; the client may ask for fewer."""

_SECOND = 1_000_000

_stock = Http2Server.handle_h2_event


def install() -> None:
    """Keep to these limits from now on. Doing it twice is harmless."""
    setattr(Http2Server, "handle_h2_event", _handle_h2_event)  # noqa: B010 (a method is not to be assigned)


def _handle_h2_event(self: Http2Server, event: Any) -> CommandGenerator[bool]:
    if isinstance(event, StreamReset):
        if _too_many_resets(vars(self), monotonic_now()):
            return _calm(self)
    elif isinstance(event, RemoteSettingsChanged):
        encoder = self.h2_conn.encoder
        if encoder.header_table_size > LARGEST_TABLE:
            encoder.header_table_size = LARGEST_TABLE
    return _stock(self, event)


def _calm(self: Http2Server) -> CommandGenerator[bool]:
    yield from self.protocol_error("too many requests are taken back", ErrorCodes.ENHANCE_YOUR_CALM)
    return True


def _too_many_resets(kept: dict[str, Any], now: int) -> bool:
    """Whether another one is more than `kept` has left; `now`: microseconds, monotonic."""
    remembered: tuple[float, int] = kept.get("resets", (float(RESETS), now))
    left, at = remembered
    left = min(float(RESETS), left + (now - at) / _SECOND * RESETS_EACH_SECOND) - 1
    kept["resets"] = left, now
    return left < 0
