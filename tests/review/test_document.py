import json
from pathlib import Path

from tests.ledger.samples import T0
from tests.review.kept import HOSTILE, NOW, fill, kept

from nightlatch.core.policy import DAY
from nightlatch.ledger.writer import open_writer
from nightlatch.replay.polling import polling_of
from nightlatch.review.document import Document, Period, review, reviewed


def reviewing(path: Path, since: int | None = None) -> Document:
    policy = fill(path)
    with kept(path) as reader:
        return review(reader, policy, Period(since, NOW), polling_of(path, policy), lambda _: policy)


def test_everything_that_a_review_asks_is_told(tmp_path: Path) -> None:
    document = reviewing(tmp_path / "ledger.db")
    assert json.loads(json.dumps(document)) == document and document["schema"] == "nightlatch.review/1"
    assert document["sessions"] == {
        "started": 3,
        "live": 1,
        "expired": 1,
        "ended": 1,
        "reused_after_end": 1,
        "failed_logins": 1,
        "alerts": 1,
        "warps": 0,
    }
    assert document["endings"] == {"idle": 1, "logout": 1}
    assert document["longest"][0] == {"session": "idle", "subject": HOSTILE, "seconds": 82800, "state": "expired"}
    assert document["closest"][0]["session"] == "live" and document["closest"][0]["share"] == 0.967
    assert [alert["detector"] for alert in document["alerts"]] == ["refresh_storm"]
    assert [policy["accepted"] for policy in document["policies"]] == [True]
    assert document["trail"] == {"ok": True, "misfit": None, "pruned": 0}


def test_what_polls_is_named_with_whom_it_keeps(tmp_path: Path) -> None:
    polling = reviewing(tmp_path / "ledger.db")["polling"]
    assert polling["sessions"] == 1
    assert [(route["route"], route["looks_like"]) for route in polling["routes"]] == [("GET /api/poll", "poll")]


def test_only_the_time_that_is_asked_for_is_told(tmp_path: Path) -> None:
    document = reviewing(tmp_path / "ledger.db", T0 + 10 * DAY)
    assert (document["sessions"]["started"], document["endings"], document["alerts"]) == (1, {}, [])
    assert [each["session"] for each in document["longest"]] == ["live"]


def test_a_review_that_was_done_is_compared_with_the_next(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    document = reviewing(path)
    policy, period = fill(tmp_path / "other.db"), Period(None, NOW)
    writer = open_writer(path)
    writer.record([reviewed(document, "ada", period, policy)])
    writer.close()
    with kept(path) as reader:
        last = review(reader, policy, period, {"sessions": 0, "routes": []}, lambda _: policy)["last"]
    assert (last["by"], last["figures"]["started"], last["changes"]) == ("ada", 3, [])
