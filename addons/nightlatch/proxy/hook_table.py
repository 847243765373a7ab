"""Which functions an event calls, worked out once per kind of event instead of once per event.

mitmproxy's own dispatch walks every addon and looks the hook up by name for each of the eight events of a
request, which costs more than what the hooks do. `HookTable` takes the place of a master's AddonManager and
keeps its meaning: the same order, the same treatment of errors, children after their parent. In one thing it is
stricter: a flow whose hook failed is killed instead of forwarded. It decides nothing else about a request.
"""

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import fields
from functools import cache, partial
from operator import attrgetter
from typing import Any, NamedTuple, NoReturn

from mitmproxy import addonmanager, exceptions, hooks
from mitmproxy.flow import Flow

Hook = Callable[..., Awaitable[None] | None]
Rest = Coroutine[Any, Any, None]

LIFECYCLE = (hooks.ConfigureHook, hooks.RunningHook, hooks.DoneHook, addonmanager.LoadHook)
"""Events in which addons set themselves up: rare, and dispatched as mitmproxy does, never from the table."""


class Row(NamedTuple):
    """What one kind of event calls. An error in one addon's group skips the rest of that group only."""

    arguments: Callable[[Any], tuple[object, ...]]
    groups: tuple[tuple[Hook, ...], ...]


@cache
def _is_flow(kind: type) -> bool:
    """Asked four times a request, of an abstract class, which takes its time to answer."""
    return issubclass(kind, Flow)


def _raise(error: Exception, *_: object) -> NoReturn:
    raise error


def _argument_reader(event: type[hooks.Hook]) -> Callable[[Any], tuple[object, ...]]:
    """What `event.args()` returns, without going through the dataclass' fields at every event."""
    names = [field.name for field in fields(event)]  # type: ignore[arg-type]  # checked by Hook.__new__
    if not names:
        return lambda _: ()
    read = attrgetter(*names)
    return read if len(names) > 1 else lambda event: (read(event),)


def _forgetting(change: Callable[..., Any]) -> Callable[..., Any]:
    """`change`, a method of AddonManager's, that also empties the table."""

    def changed(self: "HookTable", *arguments: object) -> Any:
        self._rows = {}
        try:
            return change(self, *arguments)
        finally:
            self._rows = {}

    return changed


class HookTable(addonmanager.AddonManager):
    """An AddonManager that remembers, per kind of event, the bound hooks in calling order.

    The table is forgotten whenever an addon is added or removed and after every configuration change. Hooks
    that an addon gives itself at any other time are not seen.
    """

    def __init__(self, master: Any) -> None:
        self._rows: dict[type[hooks.Hook], Row] = {}
        self._begun: dict[hooks.Hook, Rest | None] = {}
        super().__init__(master)  # type: ignore[no-untyped-call]  # mitmproxy leaves it bare

    register = _forgetting(addonmanager.AddonManager.register)
    add = _forgetting(addonmanager.AddonManager.add)
    remove = _forgetting(addonmanager.AddonManager.remove)
    clear = _forgetting(addonmanager.AddonManager.clear)

    def trigger(self, event: hooks.Hook) -> None:
        super().trigger(event)
        if isinstance(event, LIFECYCLE):
            self._rows = {}

    def begin(self, event: hooks.Hook) -> bool:
        """Call the hooks of `event` and, when it carries a flow, the `update` hooks, as far as nothing is awaited.

        Returns:
            Whether everything is done. If not, `handle_lifecycle` must be called with the same event for the rest.
        """
        row = self._row(event)
        arguments = row.arguments(event)
        rest = _begin(row.groups, arguments)
        first: Any = arguments[0] if arguments else None
        flow = first if _is_flow(type(first)) else None  # type: ignore[arg-type]  # mypy knows no hash of a class
        if flow is None:
            waiting = rest
        elif rest is None:
            waiting = self._update(flow)
        else:
            waiting = self._then_update(rest, flow)
        if waiting is None and (flow is None or not flow.intercepted):
            return True
        self._begun[event] = waiting
        return False

    async def handle_lifecycle(self, event: hooks.Hook) -> None:
        """Call the hooks of `event`, or what `begin` has left of them."""
        if event in self._begun or not self.begin(event):
            waiting = self._begun.pop(event)
            if waiting is not None:
                await waiting

    def _update(self, flow: Flow) -> Rest | None:
        row = self._rows.get(hooks.UpdateHook)
        if row is None:
            row = self._row(hooks.UpdateHook([flow]))
        return _begin(row.groups, ([flow],)) if row.groups else None

    async def _then_update(self, rest: Rest, flow: Flow) -> None:
        await rest
        update = self._update(flow)
        if update is not None:
            await update

    async def trigger_event(self, event: hooks.Hook) -> None:
        """Call the hooks of `event`, addon by addon."""
        if isinstance(event, LIFECYCLE):
            await super().trigger_event(event)
            self._rows = {}
            return
        row = self._row(event)
        rest = _begin(row.groups, row.arguments(event))
        if rest is not None:
            await rest

    def _row(self, event: hooks.Hook) -> Row:
        kind = type(event)
        row = self._rows.get(kind)
        if row is None:
            groups = (self._resolve(addon, event) for addon in self.chain)
            row = self._rows[kind] = Row(_argument_reader(kind), tuple(group for group in groups if group))
        return row

    def _resolve(self, addon: object, event: hooks.Hook) -> tuple[Hook, ...]:
        """The hooks of `addon` and its children; one that cannot be called becomes one that raises the reason."""
        found: list[Hook] = []
        try:
            for _, hook in self._iter_hooks(addon, event):
                found.append(hook)
        except exceptions.AddonManagerError as error:
            found.append(partial(_raise, error))
        return tuple(found)


def _begin(groups: tuple[tuple[Hook, ...], ...], arguments: tuple[object, ...]) -> Rest | None:
    """Call what can be called at once. What is returned, if anything, is the rest and must be awaited."""
    try:
        for place, group in enumerate(groups):
            try:
                for index, hook in enumerate(group):
                    result = hook(*arguments)
                    if result is not None and inspect.isawaitable(result):
                        return _finish(result, (group[index + 1 :], *groups[place + 1 :]), arguments)
            except Exception as error:
                _report(error, arguments)
    except exceptions.AddonHalt:
        return None
    return None


async def _finish(
    waiting: Awaitable[None], groups: tuple[tuple[Hook, ...], ...], arguments: tuple[object, ...]
) -> None:
    """Wait for the hook that asked for it, then go on with the rest of its group and the groups after it."""
    try:
        try:
            await waiting
        except Exception as error:
            _report(error, arguments)
            groups = groups[1:]
    except exceptions.AddonHalt:
        return
    rest = _begin(groups, arguments)
    if rest is not None:
        await rest


def _report(error: Exception, arguments: tuple[object, ...]) -> None:
    """mitmproxy's own treatment: logged as "Addon error", unless it is a halt or an OptionsError; and what mitmproxy
    would forward goes no further when an addon could not deal with it."""
    with addonmanager.safecall():
        raise error
    if arguments and isinstance(flow := arguments[0], Flow) and flow.killable:
        flow.kill()
