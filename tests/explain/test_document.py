from tests.cli.bench import POLICY, Bench

from nightlatch.core.policy import MINUTE
from nightlatch.explain.document import explanation
from nightlatch.explain.evidence import gather


def test_a_session_is_told_with_its_timeline(bench: Bench) -> None:
    session = bench.session("k1")
    with bench.asked() as reader:
        told = explanation(("One.", "Two."), None, gather(reader, session), POLICY, session.started_at + MINUTE)
    assert told["summary"] == "One. Two." and told["decision"] is None
    assert told["session"]["clocks"]["idle"]["elapsed"] == 60
    assert [moment["text"] for moment in told["timeline"]] == ["the session begins"]


def test_a_request_of_nobody_has_no_session(bench: Bench) -> None:
    assert explanation(("Why.",), None, None, POLICY, 0) == {
        "summary": "Why.",
        "decision": None,
        "session": None,
        "timeline": [],
    }
