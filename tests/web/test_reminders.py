from tests.core.lint.reading import policy
from tests.web.desk import Desk

from nightlatch.core.mistakes import Mistake
from nightlatch.core.policy import DAY
from nightlatch.web.reminders import reminders


def test_nothing_to_remember_is_nothing() -> None:
    assert reminders(policy(""), None, ()) == []


def test_a_review_that_is_overdue_stands_at_its_key() -> None:
    (told,) = reminders(policy('[policy]\nreview_every = "90d"\n'), 3 * DAY, ())
    assert (told["code"], told["severity"], told["line"]) == ("review-overdue", "warning", 2)
    assert "overdue by 3d" in told["message"]


def test_a_file_that_is_refused_names_its_first_mistake() -> None:
    mistakes = [Mistake("acme.toml", line, 1, "x", "y") for line in (7, 9)]
    (told,) = reminders(policy(""), None, mistakes)
    assert told["severity"] == "error" and "line 7: x; expected y (and 1 more)" in told["message"]


def test_the_policy_of_the_control_api_carries_them(desk: Desk) -> None:
    desk.call("PUT", "/policy", {"text": '[policy]\nname = "acme"\nreview_every = "1h"\n'})
    desk.later(minutes=120)
    found = {finding["code"]: finding for finding in desk.get("/policy")["findings"]}
    assert found["review-overdue"]["line"] == 3
