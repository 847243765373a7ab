from types import SimpleNamespace
from typing import Any

import pytest
from mitmproxy import contentviews, ctx, http
from mitmproxy.test import tflow
from tests.proxy.bench import Bench

from nightlatch.proxy import verdict_view


@pytest.fixture(autouse=True)
def mitmproxys_options(monkeypatch: pytest.MonkeyPatch) -> None:
    """mitmproxy 12 looks into its options before it asks a view."""
    monkeypatch.setattr(ctx, "options", SimpleNamespace(protobuf_definitions=None), raising=False)


def _shown(flow: http.HTTPFlow) -> str:
    """As mitmproxy's interfaces ask for it, in the way of the release that is here."""
    modern: Any = contentviews
    message = flow.response or flow.request
    if hasattr(modern, "prettify_message"):
        return str(modern.prettify_message(message, flow, "nightlatch").text)
    _, lines, error = modern.get_message_content_view("nightlatch", message, flow)
    assert error is None
    return "\n".join("".join(text for _, text in line) for line in lines)


def test_the_view_tells_the_verdict_and_the_session_and_no_credential(bench: Bench) -> None:
    verdict_view.install()
    verdict_view.install()
    cookie = bench.log_in()
    shown = _shown(bench.visit("/", cookie=cookie))
    facts = dict(line.split(maxsplit=1) for line in shown.splitlines())
    assert (facts["verdict"], facts["subject"], facts["activity"]) == ("allow", "ada", "yes")
    assert "idle 30m, absolute 8h" in facts["left"]
    assert facts["cookie"] == "nightlatch-8080"
    assert cookie.partition("=")[2] not in shown
    bench.later(minutes=31)
    shown = _shown(bench.visit("/", cookie=cookie))
    assert "idle: no activity for 31m, limit 30m, exceeded by 1m" in shown


def test_it_is_never_chosen_by_itself_and_says_when_there_is_nothing() -> None:
    verdict_view.install()
    flow = tflow.tflow(resp=True)
    assert "did not judge" in _shown(flow)
    assert "did not judge" in verdict_view.text(None)
