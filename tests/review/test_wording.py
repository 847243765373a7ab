from nightlatch.review.wording import heading, last_words, trail_words


def test_the_heading_names_policy_and_time() -> None:
    document = {"since": None, "until": "2026-08-01T10:00:00Z", "policy": {"name": "acme"}}
    assert heading(document) == "Review of sessions under acme, until 2026-08-01"
    assert "2026-07-01 to 2026-08-01" in heading({**document, "since": "2026-07-01T00:00:00Z"})


def test_a_broken_trail_is_said_to_be_broken() -> None:
    assert trail_words({"ok": True, "pruned": 3}) == "Every event of the trail fits, after 3 that were pruned."
    misfit = {"id": 7, "why": "it is missing"}
    assert trail_words({"ok": False, "misfit": misfit}) == "The trail is broken: event 7 does not fit, it is missing."


def test_an_overdue_review_is_told() -> None:
    last = {"at": "2026-05-01T00:00:00Z", "by": "ada", "overdue": 86400, "every": 7776000}
    assert last_words(last).endswith("by ada on 2026-05-01. One is due every 90d: it is overdue by 1d.")
    assert last_words({"at": None, "overdue": None}) == "No review was done yet."
