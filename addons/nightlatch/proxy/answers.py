"""Answers that nightlatch gives itself, put on a flow. Every one is marked, so that no later hook takes it for the
upstream's, is never stored, and names its verdict."""

from http import HTTPStatus

from mitmproxy import http

from nightlatch.core.respond import ResponseSpec

OWN = "nightlatch.own"


def answer(flow: http.HTTPFlow, spec: ResponseSpec) -> None:
    """Answer `flow` with `spec`; nothing of it reaches the upstream."""
    headers = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in spec.headers]
    body = b"" if flow.request.method == "HEAD" else spec.body
    flow.response = http.Response.make(spec.status, body, http.Headers(headers))
    flow.response.reason = HTTPStatus(spec.status).phrase  # mitmproxy's own table lacks some
    flow.metadata[OWN] = True


def refuse_connect(flow: http.HTTPFlow) -> None:
    """A tunnel could not be judged (law of trust 9)."""
    flow.response = http.Response.make(501, b"", {"Cache-Control": "no-store", "Nightlatch-Verdict": "invalid"})
    flow.metadata[OWN] = True


def is_own(flow: http.HTTPFlow) -> bool:
    """Whether nightlatch answered `flow` itself."""
    return OWN in flow.metadata


def refuse_bluntly(flow: http.HTTPFlow) -> None:
    """The answer when answering failed: no page, no reason, and nothing passes."""
    headers = {"Cache-Control": "no-store", "Content-Type": "text/plain", "Nightlatch-Verdict": "error"}
    flow.response = http.Response.make(503, b"nightlatch could not judge this request; see its log\n", headers)
    flow.metadata[OWN] = True
