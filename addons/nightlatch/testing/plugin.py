"""The pytest plugin: its options, its mark and its fixtures. What they do is done elsewhere, and imported when a test
asks for it: pytest loads this module in every run of everybody who has nightlatch installed."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from nightlatch.testing.guard_process import Guard
    from nightlatch.testing.guarded_site import Nightlatch
    from nightlatch.testing.running import Running

KEPT = ".nightlatch/failures"
_OPTION = re.compile(r"\s+(?=--[a-z])")
"""Where the next option begins on a line; what stands before it is the value of the last one, blanks included."""
RUNNING: pytest.StashKey[Running] = pytest.StashKey()
"""Of a test: what is kept if it fails."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the command line, and those of the configuration file."""
    group = parser.getgroup("nightlatch", "session timeouts (nightlatch)")
    group.addoption("--nightlatch-upstream", metavar="URL", help="the application under test")
    group.addoption("--nightlatch-policy", metavar="P", help="a preset's name or the path of a policy file")
    group.addoption(
        "--nightlatch-url",
        metavar="URL#TOKEN",
        help="attach to the guard with this control API instead of starting one; it is reset before each test",
    )
    group.addoption(
        "--nightlatch-artefacts", metavar="DIR", help=f"where to keep what explains a failure (default: {KEPT})"
    )
    parser.addini("nightlatch_upstream", "the application under test: a URL")
    parser.addini("nightlatch_policy", "a preset's name or the path of a policy file")
    parser.addini("nightlatch_options", "further options of `nightlatch run`, on as many lines", type="linelist")


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark, and refuse to share one clock among workers."""
    config.addinivalue_line(
        "markers", 'nightlatch(idle="15m", absolute="8h", policy="strict"): the policy of this test (nightlatch)'
    )
    if config.getoption("nightlatch_url") and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError(
            "--nightlatch-url: one guard has one clock, and workers would move it under each other. "
            "Leave -n out, or leave --nightlatch-url out: then every worker starts a guard of its own"
        )


def _asked(config: pytest.Config, name: str) -> str:
    return config.getoption(f"nightlatch_{name}") or config.getini(f"nightlatch_{name}") or ""


@pytest.fixture(scope="session")
def nightlatch_upstream(pytestconfig: pytest.Config) -> Any:
    """The application under test: its URL, or a WSGI application that is then served. Override this."""
    url = _asked(pytestconfig, "upstream")
    if url:
        return url
    raise pytest.UsageError(
        "nightlatch does not know the application under test. Give its URL with --nightlatch-upstream or as "
        "nightlatch_upstream in the configuration of pytest, or override the fixture nightlatch_upstream"
    )


@pytest.fixture(scope="session")
def nightlatch_options(pytestconfig: pytest.Config) -> Sequence[str]:
    """Further options of `nightlatch run`, such as `("--identity", "cookie:sid")`. To be overridden."""
    lines = pytestconfig.getini("nightlatch_options")
    return [part for line in lines for option in _OPTION.split(line) for part in option.split(None, 1)]


@pytest.fixture(scope="session")
def nightlatch_guard(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> Iterator[Guard]:
    """The guard of this worker, started with the first test that needs it."""
    from nightlatch.testing import running

    address = pytestconfig.getoption("nightlatch_url")
    if address:
        with running.attached(address) as guard:
            yield guard
        return
    policy = _asked(pytestconfig, "policy")
    options = [*request.getfixturevalue("nightlatch_options"), *(("--policy", policy) if policy else ())]
    upstream = request.getfixturevalue("nightlatch_upstream")
    folder = request.getfixturevalue("tmp_path_factory").mktemp("nightlatch")
    with running.started(upstream, folder, options, pytestconfig.rootpath) as guard:
        yield guard


@pytest.fixture
def nightlatch(nightlatch_guard: Guard, request: pytest.FixtureRequest) -> Iterator[Nightlatch]:
    """The guarded site, its clock and its sessions: fresh for this test."""
    from nightlatch.testing import running

    marks = [(mark.args, mark.kwargs) for mark in reversed(list(request.node.iter_markers("nightlatch")))]
    with running.fresh(nightlatch_guard, marks) as now:
        request.node.stash[RUNNING] = now
        yield now.site


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure brings its sessions' timelines, and what is kept of it."""
    report = yield
    now = item.stash.get(RUNNING, None)
    if now is not None and report.when == "call" and report.failed:
        folder = item.config.rootpath / Path(item.config.getoption("nightlatch_artefacts") or KEPT)
        report.sections.append(("nightlatch", now.keep(folder, item.nodeid, report.longreprtext)))
    return report
