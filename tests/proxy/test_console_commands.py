from typing import Any

import pytest
from mitmproxy import exceptions
from mitmproxy.test import taddons
from tests.proxy.bench import Bench, the

from nightlatch.core.verdict import Kind
from nightlatch.proxy.addon import Nightlatch
from nightlatch.proxy.console_commands import NightlatchConsole


@pytest.fixture
def call(bench: Bench) -> Any:
    """A command as a person types it."""
    console = NightlatchConsole(lambda: bench.service)

    async def context() -> Any:
        return taddons.context(loadcore=False)

    mitmproxy = bench.run(context())
    mitmproxy.master.commands.collect_commands(console)
    return lambda *words: mitmproxy.master.commands.call_strings(words[0], list(words[1:]))


def test_sessions_are_listed_ended_and_explained(bench: Bench, call: Any) -> None:
    cookie = bench.log_in()
    flow = bench.visit("/reports", cookie=cookie)
    (line,) = call("nightlatch.sessions")
    session = line.split()[0]
    assert line.split()[1:3] == ["ada", "active"] and "idle 30m" in line
    assert any("* GET /reports -> allow" in each for each in call("nightlatch.explain", session))
    assert "was answered `allow`" in call("nightlatch.explain", the(flow).decision)[0]
    assert call("nightlatch.end", session[:6]) == f"{session} of ada is ended"
    assert bench.kind("/reports", cookie=cookie) is Kind.REFUSED
    assert "by an administrator" in call("nightlatch.sessions")[0]
    with pytest.raises(exceptions.CommandError, match="ended already"):
        call("nightlatch.end", session)


def test_the_clock_is_moved(bench: Bench, call: Any) -> None:
    cookie = bench.log_in()
    assert call("nightlatch.warp", "31m") == "the clock is moved forward by 31m"
    assert bench.kind("/", cookie=cookie) is Kind.EXPIRED


def test_a_stranger_is_explained_too(bench: Bench, call: Any) -> None:
    decision = the(bench.visit("/")).decision
    assert "was answered `login`" in call("nightlatch.explain", decision)[0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nightlatch.warp", "31"), "without a unit"),
        (("nightlatch.warp", "off"), "no duration"),
        (("nightlatch.warp", "-5m"), "negative"),
        (("nightlatch.end", "zzzz"), "there is no session zzzz"),
        (("nightlatch.explain", ""), "there is no session"),
    ],
)
def test_what_cannot_be_done_is_said(call: Any, words: tuple[str, ...], says: str) -> None:
    with pytest.raises(exceptions.CommandError, match=says):
        call(*words)


def test_before_anything_is_guarded_there_is_nothing_to_ask() -> None:
    with pytest.raises(exceptions.CommandError, match="does not guard"):
        NightlatchConsole(lambda: None).sessions()


def test_only_stock_mitmproxy_gets_them() -> None:
    assert Nightlatch().addons == ()
    (console,) = Nightlatch(guest=True).addons
    assert isinstance(console, NightlatchConsole)
