"""The hook table calls what mitmproxy's own dispatch calls, in the same order, and treats errors alike."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mitmproxy import addonmanager, exceptions, hooks
from mitmproxy.options import Options
from mitmproxy.proxy.layer import NextLayer, NextLayerHook
from mitmproxy.proxy.layers.http._hooks import (
    HttpErrorHook,
    HttpRequestHeadersHook,
    HttpRequestHook,
    HttpResponseHeadersHook,
    HttpResponseHook,
)
from mitmproxy.proxy.server_hooks import ClientConnectedHook, ClientDisconnectedHook
from mitmproxy.test import tflow

from nightlatch.proxy.hook_table import HookTable
from nightlatch.proxy.lean_mitmproxy import Master

HOOKS = (
    "requestheaders",
    "request",
    "responseheaders",
    "response",
    "error",
    "update",
    "client_connected",
    "next_layer",
)
BEHAVIOURS = ("sync", "async", "fails", "fails_later", "halts", "options", "value", "module", "absent", "number")
ERRORS: dict[str, Exception] = {
    "fails": ValueError("broken"),
    "fails_later": ValueError("broken later"),
    "halts": exceptions.AddonHalt(),
    "options": exceptions.OptionsError("no"),
}
Calls = list[tuple[str, str, int]]


class Recorder:
    """An addon that notes its calls in `calls`; what its hooks do is told by `behaviours`."""

    def __init__(self, name: str, behaviours: dict[str, str], children: Iterable["Recorder"], calls: Calls) -> None:
        self.name, self.addons, self._calls = name, list(children), calls
        for hook, behaviour in behaviours.items():
            if behaviour != "absent":
                setattr(self, hook, self._hook(hook, behaviour))

    def _hook(self, hook: str, behaviour: str) -> object:
        if behaviour in ("module", "number"):
            return ModuleType(hook) if behaviour == "module" else 7

        def plain(*arguments: object) -> object:
            self._calls.append((self.name, hook, len(arguments)))
            if behaviour in ("fails", "halts", "options"):
                raise ERRORS[behaviour]
            return 7 if behaviour == "value" else None

        async def later(*arguments: object) -> None:
            await asyncio.sleep(0)
            plain(*arguments)
            if behaviour == "fails_later":
                raise ERRORS[behaviour]

        return later if behaviour in ("async", "fails_later") else plain


def _events() -> list[hooks.Hook]:
    """What happens to two requests on one connection, one of them answered and one not."""
    events: list[hooks.Hook] = []
    for flow in (tflow.tflow(resp=True), tflow.tflow(err=True)):
        events += [ClientConnectedHook(flow.client_conn), HttpRequestHeadersHook(flow), HttpRequestHook(flow)]
        events += [HttpResponseHeadersHook(flow), HttpResponseHook(flow)] if flow.response else [HttpErrorHook(flow)]
        events.append(ClientDisconnectedHook(flow.client_conn))
    return events


Tree = list[tuple[dict[str, str], list[dict[str, str]]]]


async def _dispatched(make: Callable[[Any], addonmanager.AddonManager], tree: Tree) -> tuple[Calls, list[str]]:
    """Every call in order, and what the dispatch itself raised."""
    calls: Calls = []
    master = Master(Options())
    master.addons = make(master)
    for number, (behaviours, children) in enumerate(tree):
        below = [Recorder(f"{number}.{index}", child, (), calls) for index, child in enumerate(children)]
        master.addons.add(Recorder(str(number), behaviours, below, calls))
    raised = []
    for event in [*_events(), *_events()]:
        try:
            await master.addons.handle_lifecycle(event)
        except Exception as error:
            raised.append(repr(error))
    master._legacy_log_events.uninstall()
    return calls, raised


behaviours = st.dictionaries(st.sampled_from(HOOKS), st.sampled_from(BEHAVIOURS))


@given(st.lists(st.tuples(behaviours, st.lists(behaviours, max_size=2)), max_size=4))
@settings(deadline=None, max_examples=30)
def test_the_same_calls_as_mitmproxys_own_dispatch(tree: Tree) -> None:
    async def scenario() -> None:
        assert await _dispatched(HookTable, tree) == await _dispatched(addonmanager.AddonManager, tree)

    logging.disable(logging.CRITICAL)
    try:
        asyncio.run(scenario())
    finally:
        logging.disable(logging.NOTSET)


def _table(*addons: object) -> tuple[Master, HookTable]:
    master = Master(Options())
    master._legacy_log_events.uninstall()
    table = HookTable(master)
    master.addons = table
    table.add(*addons)
    return master, table


def test_addons_that_come_and_go_are_seen() -> None:
    async def scenario() -> None:
        calls: Calls = []
        first, second = (Recorder(name, {"request": "sync"}, (), calls) for name in ("first", "second"))
        _, table = _table(first)
        event = HttpRequestHook(tflow.tflow())
        await table.handle_lifecycle(event)
        table.add(second)
        await table.handle_lifecycle(event)
        table.remove(first)
        await table.handle_lifecycle(event)
        table.clear()
        await table.handle_lifecycle(event)
        assert [name for name, *_ in calls] == ["first", "first", "second", "second"]

    asyncio.run(scenario())


def test_hooks_that_appear_with_a_configuration_change_are_seen() -> None:
    class Late:
        def configure(self, _: set[str]) -> None:
            self.request = seen.append

    async def scenario() -> None:
        master, table = _table(Late())
        event = HttpRequestHook(tflow.tflow())
        await table.handle_lifecycle(event)
        assert seen == []
        master.options.update(listen_port=1)
        await table.handle_lifecycle(event)
        assert seen == [event.flow]

    seen: list[object] = []
    asyncio.run(scenario())


def test_an_error_is_logged_as_mitmproxy_does(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        calls: Calls = []
        _, table = _table(
            Recorder("bad", {"request": "fails"}, (), calls), Recorder("good", {"request": "sync"}, (), calls)
        )
        await table.handle_lifecycle(HttpRequestHook(tflow.tflow()))
        assert [name for name, *_ in calls] == ["bad", "good"]

    asyncio.run(scenario())
    assert [record.getMessage() for record in caplog.records if record.exc_info] == ["Addon error: broken"]


def test_a_flow_whose_hook_failed_goes_no_further() -> None:
    async def scenario() -> None:
        flow = tflow.tflow()
        flow.live = True
        _, table = _table(Recorder("bad", {"requestheaders": "fails_later"}, (), []))
        await table.handle_lifecycle(HttpRequestHeadersHook(flow))
        assert flow.error is not None
        assert flow.error.msg == flow.error.KILLED_MESSAGE

    asyncio.run(scenario())


def test_an_event_without_flow_has_no_update() -> None:
    async def scenario() -> None:
        calls: Calls = []
        _, table = _table(Recorder("one", {"update": "sync", "next_layer": "sync"}, (), calls))
        await table.handle_lifecycle(NextLayerHook(NextLayer.__new__(NextLayer)))
        assert calls == [("one", "next_layer", 1)]

    asyncio.run(scenario())


def test_starting_and_stopping_reach_every_addon() -> None:
    async def scenario() -> None:
        calls: Calls = []
        _, table = _table(Recorder("one", {"running": "async", "done": "sync"}, (), calls))
        await table.trigger_event(hooks.RunningHook())
        await table.trigger_event(hooks.DoneHook())
        assert calls == [("one", "running", 0), ("one", "done", 0)]

    asyncio.run(scenario())
