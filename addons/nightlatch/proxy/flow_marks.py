"""Flows as mitmproxy's own interfaces show them: marked where they were refused, and commented with their verdict.

Only where somebody looks: in stock mitmproxy. `nightlatch run` shows no flows.
"""

from collections.abc import Iterator

from mitmproxy import http

from nightlatch.core.verdict import Kind, Verdict
from nightlatch.explain.phrases import clock_words
from nightlatch.proxy.answers import is_own
from nightlatch.proxy.judged import judged

MARKERS = {
    Kind.LOGIN: ":key:",
    Kind.EXPIRED: ":hourglass:",
    Kind.REFUSED: ":no_entry:",
    Kind.STEP_UP: ":lock:",
    Kind.DENIED: ":no_entry:",
    Kind.INVALID: ":no_entry:",
    Kind.ERROR: ":warning:",
}
"""What passes is not marked: marks are for what one looks for."""


def mark(flow: http.HTTPFlow) -> None:
    """Mark and comment `flow` with what nightlatch made of it."""
    found = judged(flow)
    if found is not None:
        flow.marked = MARKERS.get(found.verdict.kind, "")
        whose = found.session.subject or "someone" if found.session else ""
        flow.comment = ", ".join(part for part in (_said(found.verdict), whose and f"{whose}'s session") if part)
    elif is_own(flow):
        flow.comment = "nightlatch's own answer"


def _said(verdict: Verdict) -> str:
    return f"nightlatch: {'; '.join(_words(verdict))}"


def _words(verdict: Verdict) -> Iterator[str]:
    yield str(verdict.kind)
    if verdict.clock is not None:
        yield f"{verdict.clock}: {clock_words(verdict.clock, verdict.limit, verdict.elapsed)}"
    elif verdict.reason and verdict.kind not in (Kind.ALLOW, Kind.LOGIN):
        yield verdict.reason.replace("_", " ")
    if verdict.kind is Kind.ALLOW:
        yield "activity" if verdict.activity else "no activity"
    if verdict.rule:
        yield f"rule {verdict.rule}"
