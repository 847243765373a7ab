"""The notice that warns before a session ends: the script, and its element put into pages with `--notice`.

Only into whole HTML documents that a person with a live session opened, and only where the application's own policy
lets it run. The script itself is in `scripts/notice.js`; an application may also name it in a page of its own.
"""

import logging
import re
from pathlib import Path

from mitmproxy import http

from nightlatch.core.client_kind import ClientKind, client_kind
from nightlatch.core.content_security import script_nonce
from nightlatch.core.failures import where_failed
from nightlatch.core.html_head import with_element
from nightlatch.core.request import RequestView
from nightlatch.core.verdict import Kind
from nightlatch.proxy.answers import answer, is_own
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.judged import judged
from nightlatch.proxy.own_answers import script_answer
from nightlatch.proxy.service import Service

log = logging.getLogger(__name__)

PATH = "/.nightlatch/notice.js"
_SCRIPT = (Path(__file__).parent / "scripts" / "notice.js").read_bytes()
_LARGEST = 8 << 20
"""Bytes of a page, as it was sent, that are looked at."""
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([^\s;\"']+)", re.IGNORECASE)
_READABLE = frozenset({"", "identity", "gzip", "x-gzip", "deflate", "br", "zstd"})
"""Content encodings; what has any other, or several, is not looked into."""
_DIGESTS = ("content-md5", "digest", "content-digest", "repr-digest")
"""They are of what the application sent (RFC 9530)."""


def show(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> None:
    """`/.nightlatch/notice.js`."""
    answer(flow, script_answer(arrival, _SCRIPT))


def put_in(service: Service, flow: http.HTTPFlow) -> None:
    """The whole answer is there: put the script's element into it, where it belongs. Never raises: a page without a
    notice is better than none."""
    try:
        if (page := _page(flow)) is not None:
            _put_in(flow, page)
    except Exception as mistake:
        log.error("the notice could not be put into a page: %s", where_failed(mistake))


def _page(flow: http.HTTPFlow) -> http.Response | None:
    """The answer, if it is a page of somebody with a live session."""
    found, page = judged(flow), flow.response
    if found is None or page is None or not page.raw_content or is_own(flow) or found.verdict.kind is not Kind.ALLOW:
        return None
    return page if found.session is not None and _is_document(found.arrival.request) and _is_page(page) else None


def _put_in(flow: http.HTTPFlow, page: http.Response) -> None:
    found = judged(flow)
    assert found is not None  # noqa: S101 (`_page` has looked)
    nonce = script_nonce(page.headers.get_all("content-security-policy"), found.arrival.origin)
    if nonce is None:
        log.debug("the page's Content-Security-Policy does not let the notice run: %s", found.arrival.request.path)
        return
    named = f' nonce="{nonce}"' if nonce else ""
    charset = _CHARSET.search(page.headers.get("content-type", ""))
    told = with_element(
        page.get_content(strict=True) or b"",
        f'<script src="{PATH}" defer{named}></script>'.encode(),
        charset=charset[1] if charset else "",
    )
    if told is not None:
        _replace(page, told)


def _replace(page: http.Response, content: bytes) -> None:
    """Sent uncompressed, which every client can read, as compressing anew would hold up everybody else's requests."""
    for name in ("content-encoding", *_DIGESTS):
        page.headers.pop(name, None)
    page.content = content


def _is_document(request: RequestView) -> bool:
    whole = request.header("sec-fetch-dest").lower() in ("", "document")
    return whole and request.method != "HEAD" and client_kind(request) is ClientKind.NAVIGATION


def is_html(headers: http.Headers) -> bool:
    """Whether an answer says that it is HTML, so that the notice may belong into it."""
    kind: str = headers.get("content-type", "")
    return kind.partition(";")[0].strip().lower() == "text/html"


def _is_page(page: http.Response) -> bool:
    headers = page.headers
    return (
        is_html(headers)
        and page.status_code not in (206, 304)
        and headers.get("content-encoding", "").strip().lower() in _READABLE
        and len(page.raw_content or b"") <= _LARGEST
        and "attachment" not in headers.get("content-disposition", "").lower()
        and "no-transform" not in headers.get("cache-control", "").lower()
    )
