from prometheus_client.parser import text_string_to_metric_families
from tests.web.desk import Desk


def samples(desk: Desk) -> dict[str, float]:
    reply = desk.call("GET", "/metrics")
    assert reply.status == 200 and reply.headers["Content-Type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(reply.body.decode())
    return {
        f"{one.name}{dict(sorted(one.labels.items())) or ''}": one.value
        for family in families
        for one in family.samples
    }


def test_what_the_gate_decided_is_counted(desk: Desk) -> None:
    cookie = desk.log_in("ada")
    for _ in range(3):
        desk.visit("/reports", cookie=cookie)
    desk.later(minutes=31)
    desk.visit("/reports", cookie=cookie)
    found = samples(desk)
    assert found["nightlatch_decisions_total{'clock': '', 'rule': '', 'verdict': 'allow'}"] == 3
    assert found["nightlatch_decisions_total{'clock': 'idle', 'rule': '', 'verdict': 'expired'}"] == 1
    assert found["nightlatch_decision_seconds_count"] == 4
    assert found["nightlatch_sessions{'state': 'expired'}"] == 1
    assert found["nightlatch_ledger_bytes"] > 0 and found["nightlatch_ledger_usable"] == 1


def test_the_token_is_asked_for(desk: Desk) -> None:
    assert desk.call("GET", "/metrics", token="-").status == 401


def test_a_review_that_is_overdue_is_told(desk: Desk) -> None:
    text = '[policy]\nname = "acme"\nreview_every = "1h"\n'
    assert desk.call("PUT", "/policy", {"text": text}).status == 200
    desk.later(minutes=90)
    assert samples(desk)["nightlatch_review_overdue_seconds"] >= 1800 - 60
