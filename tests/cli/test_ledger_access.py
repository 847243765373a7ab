from pathlib import Path

import pytest
from tests.cli.bench import SITE, Bench

from nightlatch.ledger.port import LedgerError
from nightlatch_cli.ledger_access import bench as open_bench
from nightlatch_cli.ledger_access import reading, writing


def test_a_ledger_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no ledger"), reading(tmp_path / "none.db"):
        pass
    assert not (tmp_path / "none.db").exists()


def test_home_is_understood(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(bench.path.parent))
    with reading(Path("~/ledger.db")) as reader, writing(Path("~/ledger.db")) as writer:
        assert reader.key()
        writer.probe()


def test_the_policy_is_that_of_the_guard_of_the_site(bench: Bench) -> None:
    bench.load_policy('[policy]\nname = "mine"\n[session]\nidle = "1m"\n', "mine")
    bench.announce(site="http://mine", url="http://127.0.0.1:1", policy="./mine.toml")
    bench.load_policy('[session]\nidle = "2m"\n', "last")
    with open_bench(bench.path) as at:
        assert at.policy(SITE).name == "default"
        assert at.policy("http://mine").name == "mine"
        assert at.policy("http://unknown").name == at.policy().name == "last"


def test_of_several_guards_of_a_site_it_is_that_of_one_that_runs(bench: Bench) -> None:
    bench.load_policy('[session]\nidle = "1m"\n', "stopped")
    bench.announce(url="http://127.0.0.1:8083", policy="stopped", pid=2**22 + 1)
    with open_bench(bench.path) as at:
        assert at.policy(SITE).name == "default"


def test_without_any_it_is_the_default(tmp_path: Path) -> None:
    with writing(tmp_path / "new.db"), open_bench(tmp_path / "new.db") as at:
        assert at.policy().name == "default"


def test_a_policy_with_a_floor_is_read_again(bench: Bench) -> None:
    bench.load_policy('[policy]\nfloor = "pci-dss-4"\n[session]\nidle = "5m"\n', "floored")
    with open_bench(bench.path) as at:
        assert at.policy("http://unknown").floor == "pci-dss-4"
