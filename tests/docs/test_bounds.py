"""The table of bounds in docs/contracts.md has the figures that the code goes by, and no others."""

import re

from h2.frame_buffer import CONTINUATION_BACKLOG  # type: ignore[import-untyped,unused-ignore]  # typed from h2 4.2 on
from mitmproxy.proxy.layers.http._http2 import Http2Server
from mitmproxy.proxy.layers.http._http_h2 import BufferedH2Connection
from tests.e2e.processes import ROOT

from nightlatch.proxy import (
    body_limits,
    file_limit,
    framing,
    held_uploads,
    http1_limits,
    http2_limits,
    open_connections,
    own_site,
)

CONTRACTS = (ROOT / "docs" / "contracts.md").read_text("utf-8")
SECTION = CONTRACTS.partition("\n## Bounds\n")[2].partition("\n## ")[0]
ROW = re.compile(r"^\| (.+?)(?: \(CVE.*?\)|, of which.*?)? \| (\d.*?) \|", re.MULTILINE)
FIGURE = re.compile(r"\d+(?:,\d{3})*(?: (?:KiB|MiB|s)\b)?")
HTTP2 = BufferedH2Connection(Http2Server.h2_conf)


def size(count: int) -> str:
    """Bytes as the table tells them."""
    unit, name = (2**20, "MiB") if count >= 2**20 else (2**10, "KiB")
    return f"{count / unit:g} {name}"


def test_the_bounds_are_those_of_the_code() -> None:
    assert {what: FIGURE.findall(bound) for what, bound in ROW.findall(SECTION)} == {
        "a TLS handshake; a head, from its first byte to its last": [f"{open_connections.PATIENCE:g} s"],
        "a head of HTTP/1": [size(http1_limits.LARGEST)],
        "the line before a chunk; trailers": [size(http1_limits.LARGEST)],
        "header fields of a request": [f"{framing.MOST_FIELDS:,}"],
        "requests of HTTP/1 that arrive in one piece": [str(http1_limits.MOST_AT_ONCE)],
        "what is sent on before a request of HTTP/1 is answered": [size(http1_limits.MOST_AHEAD)],
        "open streams of a connection": [str(HTTP2.local_settings.max_concurrent_streams)],
        "a head of HTTP/2": [size(HTTP2.DEFAULT_MAX_HEADER_LIST_SIZE), str(CONTINUATION_BACKLOG)],
        "requests taken back": [str(http2_limits.RESETS), str(http2_limits.RESETS_EACH_SECOND)],
        "what compresses the heads of answers over HTTP/2": [size(http2_limits.LARGEST_TABLE)],
        "a refused body": [size(body_limits.KEPT)],
        "a refused body, until it is whole": [f"{held_uploads.PATIENCE:g} s"],
        "a body without a session, to a public path": [size(body_limits.FROM_ANYBODY)],
        "a form of nightlatch's own pages": [size(own_site.LARGEST_FORM)],
        "connections of clients": [f"{open_connections.MOST:,}"],
        "a head of the application's, the line before a chunk": [size(http1_limits.LARGEST)],
        "interim answers (1xx) of the application": [str(http1_limits.MOST_INTERIM)],
    }


def test_the_limit_of_open_files_is_the_one_that_is_asked_for() -> None:
    assert f"to {file_limit.WANTED:,}," in SECTION
