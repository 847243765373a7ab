"""What is spared changes no result: header lookups as mitmproxy's, requests as ever, and every version has it."""

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.coretypes.multidict import _MultiDict
from mitmproxy.http import Headers, Request

from nightlatch.proxy import quick_mitmproxy

names = st.sampled_from(["Host", "host", "HOST", "Accept", "X-\u00e4", "x-\udce4"]) | st.text(max_size=5)
fields = st.lists(
    st.tuples(st.sampled_from([b"Host", b"host", b"Accept", b"X-\xe4", b"x-\xc3\xa4"]), st.binary(max_size=6)),
    max_size=6,
)


@given(fields, names)
def test_lookups_give_what_mitmproxys_give(given: list[tuple[bytes, bytes]], name: str) -> None:
    headers = Headers(given)
    raw = name.encode("utf-8", "surrogateescape")
    expected = [value.decode("utf-8", "surrogateescape") for value in _MultiDict.get_all(headers, raw)]
    for asked in (name, raw):
        assert quick_mitmproxy.get_all(headers, asked) == expected
        assert quick_mitmproxy.get(headers, asked) == (", ".join(expected) if expected else None)
        assert quick_mitmproxy.get(headers, asked, "none") == (", ".join(expected) if expected else "none")
        assert quick_mitmproxy.__contains__(headers, asked) == bool(expected)


def test_no_other_type_is_in_headers() -> None:
    assert not quick_mitmproxy.__contains__(Headers([(b"Host", b"x")]), 7)


CHECK = """
from nightlatch.proxy.quick_mitmproxy import checked_methods, quicken
from mitmproxy.http import Headers, Request
before = len(list(checked_methods()))
assert before > 20, before
quicken(), quicken()
assert not list(checked_methods())
headers = Headers([(b"Host", b"x"), (b"host", b"y")])
assert headers.get("HOST") == headers["host"] == "x, y" and headers.get_all("host") == ["x", "y"]
assert "Host" in headers and "Accept" not in headers and headers.get("accept") is None
request = Request.make("GET", "http://localhost/", "body", {"A": "b"})
assert (request.text, request.headers["a"], request.copy().url) == ("body", "b", "http://localhost/")
"""


def test_every_check_that_is_meant_is_found_and_spared() -> None:
    """In a process of its own, since it lasts."""
    path = f"import sys; sys.path[:0] = {sys.path!r}\n"
    subprocess.run([sys.executable, "-c", path + CHECK], check=True, timeout=60)


def test_what_comes_over_the_wire_is_checked_as_ever() -> None:
    quick_mitmproxy.quicken()
    request = Request.make("GET", "http://localhost/")
    assert request.http_version == "HTTP/1.1"
    try:
        Headers([("text", "instead of bytes")])  # type: ignore[list-item]  # that is the point
    except TypeError:
        return
    raise AssertionError("mitmproxy's own check of header fields is gone")
