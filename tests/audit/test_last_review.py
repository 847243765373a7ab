from pathlib import Path

import pytest
from tests.ledger.samples import T0
from tests.review.kept import NOW, fill, kept

from nightlatch.audit.last_review import changed, last_review, overdue
from nightlatch.core.events import Event, EventType, Field
from nightlatch.core.policy import DAY, Policy
from nightlatch.ledger.writer import open_writer
from nightlatch.presets import load_policy


@pytest.fixture
def path(tmp_path: Path) -> Path:
    fill(tmp_path / "ledger.db")
    return tmp_path / "ledger.db"


def done(path: Path, at: int, policy: str = "v1") -> None:
    writer = open_writer(path)
    detail: dict[str, Field] = {"by": "ada", "since": 5, "started": 3}
    writer.record([Event(EventType.AUDIT_REVIEWED, at, policy=policy, detail=detail)])
    writer.close()


def every(days: int) -> Policy:
    return load_policy("default")._replace(review_every=days * DAY)


def test_the_newest_review_is_the_last(path: Path) -> None:
    with kept(path) as reader:
        assert last_review(reader) is None
        done(path, T0)
        done(path, T0 + DAY)
        last = last_review(reader)
        assert last is not None and (last.at, last.by, last.figures) == (T0 + DAY, "ada", {"started": 3})


def test_a_review_is_overdue_from_the_moment_it_is_due(path: Path) -> None:
    with kept(path) as reader:
        assert overdue(reader, load_policy("default"), NOW) is None, "none is asked for"
        assert overdue(reader, every(20), NOW) == 0, "from the first event on"
        assert overdue(reader, every(21), NOW) is None
        done(path, NOW - 3 * DAY)
        assert overdue(reader, every(3), NOW) == 0 and overdue(reader, every(1), NOW) == 2 * DAY
        assert overdue(reader, every(4), NOW) is None


def test_changes_are_those_since_the_policy_of_the_last_review(path: Path) -> None:
    policy, strict = load_policy("default"), load_policy("strict")
    with kept(path) as reader:
        assert changed(None, policy, lambda _: None) is None
        done(path, T0, policy.version)
        last = last_review(reader)
        assert changed(last, policy, lambda _: None) == ()
        assert changed(last, strict, lambda _: None) is None, "the old one is not in the ledger"
        found = changed(last, strict, lambda _: policy)
        assert found and found[0].at == "session.idle" and found[0].change == "stricter"
