"""The bodies of nightlatch's own small forms (login, logout, a provider's logout). Knows none of them."""

from urllib.parse import parse_qs

from mitmproxy import http

_MOST_FIELDS = 20


def form_of(flow: http.HTTPFlow) -> dict[str, list[str]]:
    """The fields of the form that was sent; none of them where it has more than any of ours."""
    try:
        return parse_qs((flow.request.raw_content or b"").decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
