"""A content view for mitmproxy's interfaces: a flow's verdict, session and credential, in place of its body.

mitmproxy 11 and 12 ask for views in different ways; this answers both. It shows no credential: the cookie by its name,
whose session it opens, and no more. What it tells is of the moment at which the request was judged.
"""

from collections.abc import Iterator
from typing import Any

from mitmproxy import contentviews, http

from nightlatch.core.durations import format_duration
from nightlatch.core.instants import rfc3339
from nightlatch.core.session import Session
from nightlatch.explain.phrases import clock_words, why_ended
from nightlatch.proxy.judged import Judged, judged

NAME = "nightlatch"


def told(flow: object) -> list[tuple[str, str]]:
    """What is known of `flow`, a name and a value each; what does not apply is left out."""
    found = judged(flow) if isinstance(flow, http.HTTPFlow) else None
    return [] if found is None else [(name, value) for name, value in _facts(found) if value]


def _facts(found: Judged) -> Iterator[tuple[str, str]]:
    verdict, arrival = found.verdict, found.arrival
    yield "verdict", str(verdict.kind)
    yield "reason", verdict.reason.replace("_", " ")
    if verdict.clock is not None:
        yield "clock", f"{verdict.clock}: {clock_words(verdict.clock, verdict.limit, verdict.elapsed)}"
    yield "rule", verdict.rule or "[session]"
    yield "activity", "yes" if verdict.activity else "no"
    yield "at", rfc3339(arrival.now)
    if verdict.remaining is not None:
        left = verdict.remaining._asdict().items()
        yield "left", ", ".join(f"{name} {format_duration(us)}" for name, us in left if us is not None)
    yield "cookie", arrival.cookie if arrival.cookie in arrival.request.header("cookie") else ""
    yield "decision", found.decision
    yield from _session(found.session)


def _session(session: Session | None) -> Iterator[tuple[str, str]]:
    if session is None:
        return
    yield "session", session.id
    yield "subject", session.subject or ""
    yield "groups", ", ".join(session.groups)
    yield "started", rfc3339(session.started_at)
    yield "last active", rfc3339(session.last_active_at)
    yield "ended", f"{rfc3339(session.end.at)}: {why_ended(session.end)}" if session.end else ""


def text(flow: object) -> str:
    """The view itself."""
    facts = told(flow) or [("verdict", "none: nightlatch did not judge this request")]
    width = max(len(name) for name, _ in facts)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in facts)


def install() -> None:
    """Offer the view under `nightlatch`, once."""
    if hasattr(contentviews, "Contentview"):
        contentviews.add(_view_of(contentviews.Contentview))
    elif contentviews.get(NAME) is None:
        contentviews.add(_legacy_view_of(contentviews.View))


def _view_of(base: Any) -> Any:
    """For mitmproxy 12 and newer."""

    class VerdictView(base):  # type: ignore[misc] # of another release than the one that is checked
        name = NAME
        syntax_highlight = "yaml"

        def prettify(self, _: bytes, metadata: Any) -> str:
            return text(metadata.flow)

        def render_priority(self, _: bytes, metadata: Any) -> float:
            return -1

    return VerdictView()


def _legacy_view_of(base: Any) -> Any:
    """For mitmproxy 11."""

    class VerdictView(base):  # type: ignore[misc] # of another release than the one that is checked
        name = NAME

        def __call__(self, _: bytes, *, flow: Any = None, **metadata: Any) -> Any:
            lines = text(flow).splitlines()
            return "nightlatch's verdict", ([("text", line)] for line in lines)

        def render_priority(self, _: bytes, **metadata: Any) -> float:
            return -1

    return VerdictView()
