"""Over HTTP it is tried by tests/web/test_login.py."""

import pytest
from tests.proxy.bench import SITE, Bench
from tests.proxy.conftest import Benches

from nightlatch.proxy.control_login import issue


def test_somebody_is_meant_where_nobody_is_configured(bench: Bench) -> None:
    _, session = bench.run(issue(bench.guard, SITE, ""))
    found = bench.guard.reader.session(session)
    assert found is not None and found.subject == "alice"
    assert bench.trail() == ["login.succeeded", "session.created"]


def test_where_several_sites_are_guarded_nobody_knows_for_which(bench: Bench) -> None:
    with pytest.raises(ValueError, match="only the dev login"):
        bench.run(issue(bench.guard, "", "alice"))


def test_another_login_is_not_gone_round(benches: Benches) -> None:
    with pytest.raises(ValueError, match="redirect"):
        bench = benches(identity="cookie:sid", login="redirect:/login")
        bench.run(issue(bench.guard, SITE, "alice"))
