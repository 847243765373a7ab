"""A mitmproxy master for one guarded site: a reverse proxy and one addon, and nothing that could go round it.

It holds only what a reverse proxy needs, dispatches through a `HookTable`, reads no mitmproxy configuration file,
and ends with an exit code. It knows neither sessions nor policies.
"""

import asyncio
import contextlib
import errno
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from mitmproxy.exceptions import OptionsError
from mitmproxy.options import Options
from mitmproxy.proxy.mode_specs import ProxyMode, ReverseMode
from mitmproxy.utils import asyncio_utils

from nightlatch.core.shown_url import without_secrets
from nightlatch.proxy.console_log import ConsoleLog
from nightlatch.proxy.event_loop import eager_tasks
from nightlatch.proxy.hook_table import HookTable
from nightlatch.proxy.inline_hooks import InlineProxyserver
from nightlatch.proxy.late_tls import LateTlsConfig
from nightlatch.proxy.lean_mitmproxy import Core, DisableH2C, Master, NextLayer
from nightlatch.proxy.quick_mitmproxy import quicken

OK = 0
CONFIGURATION = 3
INTERRUPTED = 130

FIXED_OPTIONS: Mapping[str, object] = {
    # A refused request must not reach the application, not even as a TCP connection.
    "connection_strategy": "lazy",
    # The gate judges the Host that the client sent; it is rewritten for the upstream afterwards.
    "keep_host_header": True,
    # A raw tunnel meets no further hook, so a 101 to anything but WebSocket ends the connection.
    "rawtcp": False,
}


class StartError(Exception):
    """The guard cannot start. The text names the place and the remedy."""


class GuardMaster(Master):
    """A master with the addons that a reverse proxy needs, then `addon`."""

    def __init__(self, addon: object) -> None:
        quicken()
        super().__init__(Options())
        # mitmproxy formats every log line for the sake of a deprecated hook; nobody here listens to it.
        self._legacy_log_events.uninstall()
        self.addons = HookTable(self)
        self.proxyserver = InlineProxyserver(self.addons)
        self.addons.add(Core(), DisableH2C(), self.proxyserver, NextLayer(), LateTlsConfig(), addon)

    def configure(self, settings: Mapping[str, object]) -> None:
        """Set the options and tell every addon of all of them, once.

        Raises:
            StartError: an option is unknown or has the wrong type.
            OptionsError: an addon refuses its options.
        """
        unknown = sorted(settings.keys() - self.options.keys())
        if unknown:
            raise StartError(f"unknown option {', '.join(unknown)}")
        # Told of its TLS version options, mitmproxy probes versions that current OpenSSL builds refuse with an error.
        names = [name for name in self.options.keys() if not name.startswith("tls_version_")]  # noqa: SIM118  # no dict
        try:
            self.options.update(**{name: getattr(self.options, name) for name in names} | {**settings})
        except TypeError as error:
            raise StartError(str(error)) from error

    async def listen(self) -> int:
        """Open the sockets and return their port.

        Raises:
            StartError: the address cannot be listened on.
        """
        await self.proxyserver.setup_servers()
        for server in self.proxyserver.servers:
            if server.last_exception:
                raise StartError(explain(server.last_exception, self.options.listen_host, self.options.listen_port))
        port: int = self.proxyserver.listen_addrs()[0][1]
        return port

    async def close(self) -> None:
        """Stop listening, then let every addon finish its work."""
        if all(server.is_running for server in self.proxyserver.servers):
            await self.proxyserver.servers.update([])
        await self.done()


async def run_guard(
    addon: object,
    *,
    upstream: str,
    listen_host: str,
    listen_port: int,
    options: Mapping[str, object],
    on_listening: Callable[[str, int], None],
    confdir: Path | None = None,
) -> int:
    """Guard `upstream` until SIGINT or SIGTERM, and return the exit code.

    Args:
        addon: the addon that guards.
        upstream: `http://host[:port]` or `https://host[:port]`.
        listen_host: the address to listen on; empty for all.
        listen_port: the port; 0 for any free one.
        options: options of mitmproxy and of the addon, by name.
        on_listening: called once with the guard's URL (no trailing slash) and port, when requests are answered.
        confdir: where mitmproxy's certificate authority lives; its default when None.

    Returns:
        0 after SIGTERM, 130 after SIGINT, 3 when the configuration does not let it start.
    """
    log = ConsoleLog()
    log.install()
    try:
        settings = {**options, **FIXED_OPTIONS, **site_options(upstream, listen_host, listen_port), **_authorities()}
        if confdir is not None:
            settings["confdir"] = str(confdir)
        return await _serve(GuardMaster(addon), settings, on_listening, log)
    except (StartError, OptionsError) as error:
        for text in _first(error).args or log.startup_errors:
            log.say(f"error: {str(text).removeprefix('nightlatch: ')}")
        return CONFIGURATION
    finally:
        log.uninstall()


def _first(error: BaseException) -> BaseException:
    """Why the start failed. mitmproxy goes back to its own options then, and closing changes some: what an addon says
    of those comes last, and helps nobody."""
    context = error.__context__
    earlier = _first(context) if context is not None else None
    return earlier if isinstance(earlier, StartError | OptionsError) else error


async def _serve(
    master: GuardMaster, settings: Mapping[str, object], on_listening: Callable[[str, int], None], log: ConsoleLog
) -> int:
    with (
        asyncio_utils.install_exception_handler(master._asyncio_exception_handler),
        eager_tasks(),
        interruptions(master) as received,
    ):
        try:
            master.configure(settings)
            _stop_at_errors(log)
            port = await master.listen()
            await master.running()
            _stop_at_errors(log)
            log.started()
            on_listening(own_url(master.options.listen_host, port), port)
            await master.should_exit.wait()
        finally:
            await master.close()
    return INTERRUPTED if signal.SIGINT in received else OK


def _stop_at_errors(log: ConsoleLog) -> None:
    """An error during the start is a reason not to start: mitmproxy logs it and would go on."""
    if log.startup_errors:
        raise StartError


@contextlib.contextmanager
def interruptions(master: Master) -> Iterator[list[signal.Signals]]:
    """Let SIGINT and SIGTERM end `master`, and tell which came. A second one ends the process as usual."""
    received: list[signal.Signals] = []
    loop = asyncio.get_running_loop()

    def end(name: signal.Signals) -> None:
        received.append(name)
        loop.remove_signal_handler(name)
        master.should_exit.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, end, name)
    try:
        yield received
    finally:
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(name)


def site_options(upstream: str, listen_host: str, listen_port: int) -> dict[str, object]:
    """The options that make mitmproxy a reverse proxy for `upstream`.

    Raises:
        StartError: `upstream` is not the origin of an http or https site.
    """
    try:
        parts = urlsplit(upstream)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        expected = "give http://HOST[:PORT] or https://HOST[:PORT], without a path"
        raise StartError(f"{without_secrets(upstream)!r} is not an upstream: {expected}")
    spec = f"reverse:{parts.scheme}://{parts.netloc}"
    try:
        mode = ProxyMode.parse(spec)
    except ValueError as error:
        raise StartError(f"{without_secrets(upstream)!r} is not an upstream: {error}") from error
    if isinstance(mode, ReverseMode):
        # mitmproxy would listen for HTTP/3 as well; `parse` returns this same object when the sockets are opened.
        mode.transport_protocol = "tcp"
    return {"mode": [spec], "listen_host": listen_host, "listen_port": listen_port}


def _authorities() -> dict[str, object]:
    """Who may have signed the certificate of an application on https: mitmproxy brings the usual authorities along and
    does not look at the variable by which OpenSSL, Python and Go are told of others."""
    named = os.environ.get("SSL_CERT_FILE", "")
    return {"ssl_verify_upstream_trusted_ca": named} if named else {}


def own_url(listen_host: str, port: int) -> str:
    """The URL of the guarded site for the one who started it, without a trailing slash."""
    host = "localhost" if listen_host in ("", "0.0.0.0", "::") else listen_host  # noqa: S104  # compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def explain(error: Exception, host: str, port: int) -> str:
    """Why the address cannot be listened on, and what to do about it."""
    number = error.errno if isinstance(error, OSError) else None
    place = f"{host or '*'}:{port}"
    if number == errno.EADDRINUSE:
        return f"{place} is in use by another program: choose another port with --listen (0 takes any free one)"
    if number == errno.EACCES:
        return f"{place} may not be listened on by this user: choose a port above 1023 with --listen"
    return f"cannot listen on {place}: {error.__cause__ or error}"
