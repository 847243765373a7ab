"""From an HTTPFlow to a RequestView. Nothing here decides anything."""

from functools import lru_cache

from mitmproxy import http
from mitmproxy.proxy.layers.http import is_h3_alpn

from nightlatch.core.request import RequestView


def view(flow: http.HTTPFlow) -> RequestView:
    """The request of `flow` as the engine sees it: what the client sent, before anything is rewritten."""
    request = flow.request
    headers: dict[str, tuple[str, ...]] = {}
    repeated: dict[str, list[str]] = {}
    for raw_name, raw_value in request.headers.fields:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name in headers:  # ten thousand lines of one name must not be put together ten thousand times
            repeated.setdefault(name, [*headers[name]]).append(value)
        else:
            headers[name] = (value,)
    for name, values in repeated.items():
        headers[name] = tuple(values)
    path, _, query = request.data.path.decode("latin-1").partition("?")
    return RequestView(
        method=method_of(request.data.method),
        host=host_of(_target_authority(flow) or headers.get("host", ("",))[0]),
        path=path,
        query=query,
        headers=headers,
        address=peer(flow),
        has_body="transfer-encoding" in headers or headers.get("content-length", ("0",)) != ("0",),
    )


def method_of(sent: bytes) -> str:
    """The method in capitals, of ASCII letters alone: in Unicode `ß` has two for one, and a token may have those."""
    return sent.upper().decode("latin-1")


def peer(flow: http.HTTPFlow) -> str:
    """The address that the connection came from; empty when unknown."""
    name = flow.client_conn.peername
    return str(name[0]) if name else ""


def asked_authority(flow: http.HTTPFlow) -> str:
    """The authority that the client asked for: `:authority` or an absolute target, else `Host`; may be empty."""
    return _target_authority(flow) or str(flow.request.headers.get("host", ""))


def _target_authority(flow: http.HTTPFlow) -> str:
    """As it was sent: mitmproxy's own property decodes it from IDNA, at some microseconds a request."""
    return flow.request.data.authority.decode("latin-1")


@lru_cache(maxsize=1024)
def host_of(authority: str) -> str:
    """`authority` without its port, lower case, without a trailing dot: `[::1]:80` gives `::1`."""
    text = authority.strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0].rstrip(".")


def spoken_version(flow: http.HTTPFlow) -> str:
    """The version of HTTP; empty where a request of HTTP/1 calls itself one of HTTP/2, or the other way round."""
    version = flow.request.data.http_version
    multiplexed = flow.client_conn.alpn == b"h2" or is_h3_alpn(flow.client_conn.alpn)
    return version.decode("latin-1") if version.startswith(b"HTTP/1.") != multiplexed else ""


def site_scheme(flow: http.HTTPFlow) -> str:
    """The scheme by which the client reached the guard."""
    return "https" if flow.client_conn.tls_established else "http"
