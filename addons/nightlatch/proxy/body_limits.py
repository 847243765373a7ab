"""Bodies of people who are not logged in are not kept without end: what is refused is not kept at all, and what anybody
may send has a limit.

mitmproxy holds a body in memory until it is whole. That suits somebody who is logged in and uploads; it would let
everybody else fill the memory. Tested against every supported version.
"""

from typing import Any

from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http import HttpStream

from nightlatch.proxy.held_uploads import DISCARDED
from nightlatch.proxy.judged import judged
from nightlatch.proxy.late_bodies import refuse_body
from nightlatch.proxy.service import Service

KEPT = 1024 * 1024
"""Bytes of a refused body, of which a form could be kept."""

FROM_ANYBODY = 64 * 1024 * 1024
"""Bytes of a body to a public path."""

_stock = HttpStream.check_body_size


def install(service: Service) -> None:
    """Keep to these limits from now on."""

    def check_body_size(self: HttpStream, request: bool) -> CommandGenerator[bool]:
        if request and len(self.request_body_buf) > KEPT:
            _look(service, self)
        return _stock(self, request)

    setattr(HttpStream, "check_body_size", check_body_size)  # noqa: B010 (a method is not to be assigned)


def _look(service: Service, stream: Any) -> None:
    flow, buffer = stream.flow, stream.request_body_buf
    found = judged(flow)
    anonymous = found is None or found.session is None
    if flow.response is None and anonymous and len(buffer) > FROM_ANYBODY:
        limit = FROM_ANYBODY // (1024 * 1024)
        refuse_body(service, flow, 413, f"Without a session a body may have {limit} MiB.")
        service.held.hold(flow)
    if flow.response is not None:
        flow.metadata[DISCARDED] = True
        buffer.clear()
