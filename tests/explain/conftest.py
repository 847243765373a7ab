import os
from pathlib import Path

import pytest
from tests.cli.bench import POLICY, Bench


@pytest.fixture(autouse=True)
def _on_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of whoever runs the tests: neither from the environment nor from a `nightlatch.toml`."""
    for name in [name for name in os.environ if name.startswith("NIGHTLATCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A ledger with a policy and a guard, which every command finds by itself."""
    made = Bench(tmp_path / "ledger.db")
    monkeypatch.setenv("NIGHTLATCH_LEDGER", str(made.path))
    made.load_policy(POLICY.text, POLICY.name, POLICY.version)
    made.announce()
    return made
