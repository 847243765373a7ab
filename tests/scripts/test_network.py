"""That the closing table tells of a client that was not answered."""

import json
import sys
from pathlib import Path

import pytest
from scripts.stress import network


@pytest.mark.parametrize("answered", [True, False])
def test_a_client_that_was_not_answered_is_told(
    answered: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def found(count: int) -> list[network.Figures]:
        return [network.Figures("idle", count, 0.5, 3.0, 90.0, answered)]

    monkeypatch.setattr(sys, "argv", ["network", "--short", "--json", str(tmp_path / "figures.json")])
    assert network.main(found) == (0 if answered else 1)
    assert ("NOT ANSWERED" in capsys.readouterr().out) != answered
    assert json.loads((tmp_path / "figures.json").read_text())[0]["connections"] == 200
