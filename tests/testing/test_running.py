from pathlib import Path

import pytest

from nightlatch.testing.guard_process import Guard
from nightlatch.testing.running import attached, fresh, started


def test_the_policy_is_put_back_also_after_a_test_that_broke(nightlatch_guard: Guard) -> None:
    usual = nightlatch_guard.client.get("/policy")["version"]
    with pytest.raises(RuntimeError), fresh(nightlatch_guard, [((), {"idle": "1m"})]) as now:
        assert nightlatch_guard.client.get("/policy")["version"] != usual
        now.site.login(user="ada")
        raise RuntimeError
    assert nightlatch_guard.client.get("/policy")["version"] == usual
    assert nightlatch_guard.client.get("/sessions", state="active") == []


def test_a_mark_that_the_guard_refuses_changes_nothing(nightlatch_guard: Guard) -> None:
    usual = nightlatch_guard.client.get("/policy")["version"]
    with pytest.raises(pytest.UsageError, match="a number without a unit"):
        fresh(nightlatch_guard, [((), {"idle": "15"})]).__enter__()
    assert nightlatch_guard.client.get("/policy")["version"] == usual


def test_what_cannot_be_had_is_told_without_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(pytest.UsageError, match='did you mean "strict"'):
        started("http://127.0.0.1:1", tmp_path, ("--policy", "strikt"), tmp_path).__enter__()
    with pytest.raises(pytest.UsageError, match="no control API answers"):
        attached("http://127.0.0.1:1/#token").__enter__()
