"""Which functions an event calls, worked out once per kind of event instead of once per event.

mitmproxy's own dispatch walks every addon and looks the hook up by name for each of the eight events of a
request, which costs more than what the hooks do. `HookTable` takes the place of a master's AddonManager and
keeps its meaning: the same order, the same treatment of errors, children after their parent. In one thing it is
stricter: a flow whose hook failed is killed instead of forwarded. It decides nothing else about a request.
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import fields
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple, NoReturn

from mitmproxy import addonmanager, exceptions, hooks
from mitmproxy.flow import Flow

Hook = Callable[..., Awaitable[None] | None]

LIFECYCLE = (hooks.ConfigureHook, hooks.RunningHook, hooks.DoneHook, addonmanager.LoadHook)
"""Events in which addons set themselves up: rare, and dispatched as mitmproxy does, never from the table."""


class Row(NamedTuple):
    """What one kind of event calls. An error in one addon's group skips the rest of that group only."""

    arguments: Callable[[Any], tuple[object, ...]]
    groups: tuple[tuple[Hook, ...], ...]


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

    _rows: dict[type[hooks.Hook], Row] = {}  # noqa: RUF012  # replaced, never changed, until the first event

    register = _forgetting(addonmanager.AddonManager.register)
    add = _forgetting(addonmanager.AddonManager.add)
    remove = _forgetting(addonmanager.AddonManager.remove)
    clear = _forgetting(addonmanager.AddonManager.clear)

    def trigger(self, event: hooks.Hook) -> None:
        super().trigger(event)
        if isinstance(event, LIFECYCLE):
            self._rows = {}

    async def handle_lifecycle(self, event: hooks.Hook) -> None:
        """Call the hooks of `event` and, when it carries a flow, the `update` hooks."""
        row = self._row(event)
        arguments = row.arguments(event)
        await _call(row.groups, arguments)
        if isinstance(arguments[0], Flow):
            update = hooks.UpdateHook([arguments[0]])
            row = self._row(update)
            await _call(row.groups, row.arguments(update))

    async def trigger_event(self, event: hooks.Hook) -> None:
        """Call the hooks of `event`, addon by addon."""
        if isinstance(event, LIFECYCLE):
            await super().trigger_event(event)
            self._rows = {}
            return
        row = self._row(event)
        await _call(row.groups, row.arguments(event))

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


def _stop(arguments: tuple[object, ...]) -> None:
    """Unlike mitmproxy, which forwards it: a flow that an addon could not deal with goes no further."""
    if arguments and isinstance(flow := arguments[0], Flow) and flow.killable:
        flow.kill()


async def _call(groups: tuple[tuple[Hook, ...], ...], arguments: tuple[object, ...]) -> None:
    try:
        for group in groups:
            try:
                for hook in group:
                    result = hook(*arguments)
                    if result is not None and inspect.isawaitable(result):
                        await result
            except Exception:
                # mitmproxy's own treatment: logged as "Addon error", unless it is a halt or an OptionsError.
                with addonmanager.safecall():
                    raise
                _stop(arguments)
    except exceptions.AddonHalt:
        return
