from pathlib import Path

import pytest
from tests.review.kept import fill

from nightlatch.ledger.writer import open_writer
from nightlatch.presets import load_policy
from nightlatch.replay.exchange import CaptureUnreadable
from nightlatch.replay.polling import polling_of


def test_what_polls_is_found_in_the_log(tmp_path: Path) -> None:
    policy = fill(tmp_path / "ledger.db")
    (route,) = polling_of(tmp_path / "ledger.db", policy)["routes"]
    assert (route["route"], route["requests"]) == ("GET /api/poll", 180)


def test_an_empty_log_polls_nothing(tmp_path: Path) -> None:
    open_writer(tmp_path / "ledger.db").close()
    assert polling_of(tmp_path / "ledger.db", load_policy("default")) == {"sessions": 0, "routes": []}


def test_what_is_no_ledger_is_told(tmp_path: Path) -> None:
    with pytest.raises(CaptureUnreadable):
        polling_of(tmp_path / "nothing.db", load_policy("default"))
