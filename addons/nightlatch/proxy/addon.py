"""The mitmproxy addon: one class whose hooks are a few lines each, and fail closed.

An exception in a hook would let the request through (mitmproxy logs it and goes on), so every hook that a request
passes answers 503 instead. What is done with a request is told in `gate`, what with an answer in `afterwards`.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable
from functools import partial
from typing import ClassVar

from mitmproxy import ctx, exceptions, http, tcp
from mitmproxy.addonmanager import Loader
from mitmproxy.connection import Client

from nightlatch.ledger.port import LedgerError
from nightlatch.proxy import (
    afterwards,
    bad_gateway,
    body_lengths,
    body_limits,
    http1_limits,
    http2_limits,
    trailers,
    unreachable,
)
from nightlatch.proxy.answers import is_own, refuse_bluntly, refuse_connect
from nightlatch.proxy.control import ControlServer, GuardControl, OpenControl
from nightlatch.proxy.entrance import enter, fail_closed, may_pass
from nightlatch.proxy.forbidden_options import (
    guarded_site,
    keep_to_loopback,
    leave_other_addresses,
    refuse_bypasses,
    refuse_unknown,
    shut_doors,
    stop_at_once,
)
from nightlatch.proxy.given_options import take_given
from nightlatch.proxy.offered_classes import refuse_unoffered
from nightlatch.proxy.open_connections import OpenConnections
from nightlatch.proxy.options import OPTIONS, PREFIX
from nightlatch.proxy.policy_reload import PolicyReload
from nightlatch.proxy.recorder import RecordingUnusable
from nightlatch.proxy.service import Service, open_service
from nightlatch.proxy.settings import read_settings
from nightlatch.proxy.settings_values import SettingsInvalid


class Nightlatch:
    """Guards what mitmproxy forwards, in `nightlatch run` and, loaded by `addons/latch.py`, in stock mitmproxy."""

    shut: ClassVar[bool] = False
    """An instance that guarded was unloaded, and closed the doors behind it."""

    def __init__(self, open_control: OpenControl | None = None, *, guest: bool = False) -> None:
        """`open_control` opens the control API where one is asked for. `guest`: in a mitmproxy that is not ours, where
        an error does not keep the sockets shut; so it ends it."""
        self.open_control, self.guest = open_control, guest
        self.addons: tuple[object, ...] = _for_people(self) if guest else ()
        """What mitmproxy calls after this addon, hook for hook."""
        self.service: Service | None = None
        self.open = OpenConnections()
        self.control: ControlServer | None = None
        self.reload: PolicyReload | None = None
        self.started = False
        self.set_up = False
        """mitmproxy has asked for the options to be read, so hooks are called."""
        self.problems: tuple[str, ...] = ()

    def load(self, loader: Loader) -> None:
        for module in (trailers, body_lengths, http1_limits, http2_limits):
            module.install()
        for option in OPTIONS:
            loader.add_option(PREFIX + option.name, str, option.default, option.help)
        values, self.problems = take_given(ctx.options)
        ctx.options.update(**values)
        asyncio.get_running_loop().call_soon(self._check_set_up)

    def _check_set_up(self) -> None:
        """mitmproxy leaves an addon out, and says nothing, when options of whatever script cannot be set after `load`;
        then everything would pass."""
        if not self.set_up and self.guest:
            stop_at_once("nightlatch could not be set up; look for an option, of any script, with a bad value")

    def configure(self, updated: set[str]) -> None:
        self.set_up = True
        try:
            self._configure(updated)
        except exceptions.OptionsError as error:
            if self.guest and not self.started:
                # Stock mitmproxy logs this, opens its sockets and only then gives up.
                stop_at_once(str(error))
            raise

    def _configure(self, updated: set[str]) -> None:
        if self.problems:
            raise exceptions.OptionsError(f"nightlatch: {'; '.join(self.problems)}")
        refuse_unknown(ctx.options)
        refuse_bypasses(ctx.options)
        if not any(name.startswith(PREFIX) or name == "mode" for name in updated):
            return
        if self.started:
            raise exceptions.OptionsError("nightlatch: its options cannot be changed while it runs; start it anew")
        self._close()
        self.service = self._open()
        unreachable.install(self.service.pages, self.service.guard.settings.allowed_origins, self.service.warp_shown)
        self.control = self._control(self.service)
        body_limits.install(self.service)
        bad_gateway.install(self.service.pages, guarded_site(ctx.options.mode), self.service.warp_shown)
        if self.service.guard.settings.login.kind == "dev":
            keep_to_loopback(ctx.options)
        if Nightlatch.shut:
            Nightlatch.shut = False
            ctx.options.update(server=True)

    def _open(self) -> Service:
        try:
            settings = read_settings({option.name: getattr(ctx.options, PREFIX + option.name) for option in OPTIONS})
            if self.guest:
                refuse_unoffered(settings)  # `nightlatch run` has asked before
            hosts = frozenset(ctx.options.nightlatch_hosts.lower().split())
            return open_service(settings, guarded_site(ctx.options.mode), hosts)
        except (SettingsInvalid, RecordingUnusable, LedgerError) as error:
            raise exceptions.OptionsError(f"nightlatch: {error}") from None

    def _control(self, service: Service) -> ControlServer | None:
        """The control API with its port taken, so that one that is in use stops the start."""
        address = service.guard.settings.control
        if address is None or self.open_control is None:
            return None
        try:
            return self.open_control(GuardControl(service, guarded_site(ctx.options.mode)), *address)
        except (OSError, LedgerError) as error:
            where = f"{address.host}:{address.port}"
            why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
            raise exceptions.OptionsError(
                f"nightlatch: no control API at {where}: {why}; name another address (port 0 takes any free one)"
            ) from None

    def running(self) -> None:
        if self.service is None:
            return
        ctx.options.update(connection_strategy="lazy", keep_host_header=True, rawtcp=False)
        self.service.run()
        self.started = True
        self.reload = PolicyReload(self.service)
        self.reload.start()
        self.service.keep_doing(self.reload.look)
        proxyserver = ctx.master.addons.get("proxyserver")
        self.service.keep_doing(partial(self.open.look_now_and_then, proxyserver.connections))
        self.service.announce(proxyserver.listen_addrs())
        if self.control is not None:
            self.control.start()
            if self.guest:
                sys.stderr.write(f"nightlatch: dashboard {self.control.url}/#{self.control.token}\n")
        if self.service.guard.settings.login.kind == "dev":
            leave_other_addresses(proxyserver, ctx.options)

    def requestheaders(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        if flow.error is not None:
            return None  # mitmproxy has refused it already, and shows it for the record
        try:
            waiting = enter(self.service, flow)
        except Exception as error:
            fail_closed(self.service, flow, error)
            return None
        return None if waiting is None else self._closed(flow, waiting)

    def request(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        try:
            waiting = afterwards.body_is_in(self.service, flow)
        except Exception as error:
            fail_closed(self.service, flow, error)
            return None
        if waiting is not None:
            return self._closed(flow, waiting)
        if flow.response is None and not may_pass(flow):
            refuse_bluntly(flow)
        return None

    def responseheaders(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        if is_own(flow) or self.service is None:
            return None
        try:
            waiting = afterwards.answer_begins(self.service, flow)
        except Exception as error:
            fail_closed(self.service, flow, error)
            return None
        return None if waiting is None else self._closed(flow, waiting)

    def response(self, flow: http.HTTPFlow) -> None:
        if self.service is not None and flow.websocket is None:
            afterwards.answer_is_in(self.service, flow)
            afterwards.over(self.service, flow)

    def error(self, flow: http.HTTPFlow) -> None:
        if self.service is not None:
            afterwards.over(self.service, flow)

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        if self.service is not None:
            afterwards.message(self.service, flow)

    def websocket_end(self, flow: http.HTTPFlow) -> None:
        if self.service is not None:
            afterwards.over(self.service, flow)

    def client_connected(self, client: Client) -> None:
        self.open.make_room(client, ctx.master.addons.get("proxyserver").connections)

    def client_disconnected(self, client: Client) -> None:
        if self.service is not None:
            self.service.guard.connections.closed(client.id)

    def http_connect(self, flow: http.HTTPFlow) -> None:
        if self.service is None or not self.service.hosts:
            refuse_connect(flow)

    def tcp_start(self, flow: tcp.TCPFlow) -> None:
        flow.kill()

    def done(self) -> None:
        """At the end; but also when stock mitmproxy unloads the script, because it was edited and does not parse: then
        nobody would judge any more, so nothing is let in."""
        if self.service is not None:
            self._close()
            Nightlatch.shut = True
            shut_doors(ctx.master.addons.get("proxyserver"), ctx.options)

    def _close(self) -> None:
        if self.control is not None:
            self.control.stop()
            self.control = None
        if self.reload is not None:
            self.reload.stop()
            self.reload = None
        if self.service is not None:
            self.service.close()
            self.service = None

    async def _closed(self, flow: http.HTTPFlow, waiting: Awaitable[None]) -> None:
        try:
            await waiting
        except Exception as error:
            fail_closed(self.service, flow, error)


def _for_people(addon: Nightlatch) -> tuple[object, ...]:
    """What stock mitmproxy's interfaces show of nightlatch; `nightlatch run` has none, and loads none of it."""
    from nightlatch.proxy.console_commands import NightlatchConsole
    from nightlatch.proxy.verdict_view import install

    install()
    return (NightlatchConsole(lambda: addon.service),)
