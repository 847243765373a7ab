from mitmproxy import http
from mitmproxy.test import tflow
from tests.proxy.bench import NAVIGATION, Bench

from nightlatch.proxy.flow_marks import MARKERS, mark


def _marked(flow: http.HTTPFlow) -> tuple[str, str]:
    mark(flow)
    return flow.marked, flow.comment


def test_a_list_of_flows_tells_the_verdicts(bench: Bench) -> None:
    cookie = bench.log_in()
    assert _marked(bench.visit("/", cookie=cookie)) == ("", "nightlatch: allow; activity, ada's session")
    assert _marked(bench.visit("/", headers=NAVIGATION)) == (":key:", "nightlatch: login")
    bench.later(minutes=31)
    marker, comment = _marked(bench.visit("/", cookie=cookie))
    assert marker == ":hourglass:"
    assert comment == "nightlatch: expired; idle: no activity for 31m, limit 30m, exceeded by 1m, ada's session"


def test_what_was_not_judged_says_so_or_nothing(bench: Bench) -> None:
    assert _marked(bench.post("login", {"user": "ada"}))[0] == ""
    assert _marked(tflow.tflow()) == ("", "")


def test_every_marker_is_one_that_mitmproxy_has() -> None:
    from mitmproxy.utils.emoji import emoji

    assert set(MARKERS.values()) <= emoji.keys()
