"""The fuzzer finds what it is to find, and what it once found stays found: its corpus is tried again here."""

import subprocess
import sys
from pathlib import Path

import pytest
from scripts.fuzzing import attempts, growth, plain, table, with_hypothesis
from scripts.fuzzing.attempts import CORPUS, ROOT, SLOW, attempt, keep, kept, smaller
from scripts.fuzzing.report import document
from scripts.fuzzing.report import table as shown
from scripts.fuzzing.target import Broken, Target, holds
from tests.e2e.processes import surroundings

FOLDERS = {file.parent.name for file in CORPUS.glob("*/*")}


def test_what_once_broke_something_breaks_nothing() -> None:
    """In a process of its own: some targets hold guards and ledgers open."""
    command = [sys.executable, "-m", "scripts.fuzzing", "--corpus"]
    done = subprocess.run(command, cwd=ROOT, env=surroundings(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(f"| {name} | corpus |" in done.stdout for name in FOLDERS)


def test_there_is_a_target_for_every_folder_of_the_corpus() -> None:
    assert len(FOLDERS) > 10
    for name in FOLDERS:
        assert table.target(name).seeds
    with pytest.raises(KeyError):
        table.target("nothing.here")


def _fussy(content: bytes) -> None:
    holds(b"\xff" not in content, "a byte that it cannot take")


FUSSY = Target(_fussy, (b"abc" * 10, b"def"), (b"\xff",))


@pytest.mark.parametrize("engine", [plain.run, with_hypothesis.run], ids=["mutation", "hypothesis"])
def test_a_fault_is_found_made_small_and_kept(engine: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "CORPUS", tmp_path)
    for module in (plain, with_hypothesis):
        monkeypatch.setattr(module, "target", {"a.b": FUSSY}.__getitem__)
    tally = engine("a.b", 500, 60, 1)  # type: ignore[operator] # one of two functions
    (fault,) = tally.faults
    assert (fault.kind, tally.name) == ("Broken", "a.b")
    small = smaller(FUSSY, fault)
    assert small.content == b"\xff"
    assert keep("a.b", small.content).read_bytes() == b"\xff"
    assert kept("a.b") == (b"\xff",)
    assert "| a.b |" in shown([tally])
    assert document([tally], 1)["targets"]["a.b"]["faults"][0]["kind"] == "Broken"


def test_equal_seeds_give_equal_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bytes] = []
    noting = Target(tried.append, (b"abcdef",))
    monkeypatch.setattr(plain, "target", lambda _: noting)
    plain.run("a.b", 100, 60, 7)
    plain.run("a.b", 100, 60, 7)
    assert tried[:100] == tried[100:]
    assert len(set(tried[:100])) > 50


def test_anything_that_is_raised_is_a_fault_even_an_exit() -> None:
    def leaves(_: bytes) -> None:
        raise SystemExit(3)

    found = attempt(Target(leaves, (b"",)), b"x")
    assert found is not None
    assert (found.kind, found.content) == ("SystemExit", b"x")


def test_what_takes_long_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter((0.0, SLOW * 2))
    monkeypatch.setattr(attempts, "thread_time", lambda: next(clock))
    found = attempt(Target(lambda _: None, (b"",)), b"x")
    assert found is not None
    assert found.kind == "slow"


@pytest.mark.parametrize(("power", "faults"), [(1, 0), (2, 3)])
def test_time_that_grows_with_the_square_is_a_fault(power: int, faults: int, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]

    def takes(content: bytes) -> None:
        now[0] += len(content) ** power * (1e-5 if power == 1 else 1e-9)

    monkeypatch.setattr(growth, "thread_time", lambda: now[0])
    found = growth.steep(Target(takes, (b"abc",)), "a.b", 3, 1)
    assert [fault.kind for fault in found] == ["steep"] * faults


def test_a_broken_property_says_which() -> None:
    with pytest.raises(Broken, match="two is odd"):
        holds(False, "two is odd")
