"""Starting the guard on its own: settings checked, the ledger tried, then the master with the addon.

What can stop the start does so before anything listens.
"""

import errno
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from nightlatch.core.origin_facts import is_loopback
from nightlatch.ledger.address import shown
from nightlatch.ledger.opening import open_writer
from nightlatch.proxy.addon import Nightlatch
from nightlatch.proxy.control import OpenControl
from nightlatch.proxy.file_limit import allow_more
from nightlatch.proxy.forbidden_options import guarded_site
from nightlatch.proxy.master import StartError, explain, run_guard, site_options
from nightlatch.proxy.offered_classes import refuse_unoffered
from nightlatch.proxy.options import PREFIX
from nightlatch.proxy.settings import Settings, read_settings
from nightlatch.proxy.settings_values import SettingsInvalid


class CannotStart(ValueError):
    """The configuration does not let the guard start; the message names the place and the remedy (exit code 3)."""


class Prepared(NamedTuple):
    """A guard that is ready to be started."""

    upstream: str
    host: str
    port: int
    options: Mapping[str, str]
    settings: Settings


def prepare(upstream: str, listen: tuple[str, int], options: Mapping[str, str]) -> Prepared:
    """Check everything that can be checked without listening.

    Raises:
        CannotStart: the configuration is wrong.
        LedgerError: the ledger cannot be used.
    """
    host, port = listen
    try:
        site_options(upstream, host, port)
        settings = read_settings(options)
        refuse_unoffered(settings)
    except (StartError, SettingsInvalid) as error:
        raise CannotStart(str(error)) from error
    if settings.login.kind == "dev" and not is_loopback(host):
        raise CannotStart(
            f"the dev login asks for no password, so it does not listen on {host}: "
            "use --listen 127.0.0.1:PORT, or another --login"
        )
    if port and _is_itself(urlsplit(guarded_site([f"reverse:{upstream}"])), host, port):
        raise CannotStart(
            f"{upstream} is where the guard itself would listen: name the application, or another --listen"
        )
    _try_to_listen(host, port)
    with closing(open_writer(settings.ledger)) as writer:
        writer.probe()
    return Prepared(upstream, host, port, options, settings)


def _is_itself(upstream: SplitResult, host: str, port: int) -> bool:
    named = upstream.hostname or ""
    return upstream.port == port and (named == host.lower() or (is_loopback(named) and is_loopback(host)))


def _try_to_listen(host: str, port: int) -> None:
    """A start that fails because somebody else has the port is to leave no new ledger behind. Who takes it after this
    look, and a host that is none, are the master's to tell.

    Raises:
        CannotStart: the port is taken, or not this user's to take.
    """
    try:
        places = (
            socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE) if port else ()
        )
        for family, kind, protocol, _, address in places:
            with socket.socket(family, kind, protocol) as attempt:
                attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    attempt.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                attempt.bind(address)
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise CannotStart(explain(error, host, port)) from error


async def serve(
    prepared: Prepared, on_ready: Callable[[dict[str, object]], None], open_control: OpenControl | None = None
) -> int:
    """Guard until SIGINT or SIGTERM; the exit code. `open_control` opens the control API where one is asked for."""
    allow_more()
    addon = Nightlatch(open_control)

    def listening(url: str, port: int) -> None:
        settings, site = prepared.settings, guarded_site([f"reverse:{prepared.upstream}"])
        on_ready(
            {
                "site": site,
                "url": url,
                "control": addon.control and addon.control.url,
                "token": addon.control and addon.control.token,
                "ledger": shown(settings.ledger),
                "pid": os.getpid(),
                "policy": settings.policy_name,
            }
        )

    return await run_guard(
        addon,
        upstream=prepared.upstream,
        listen_host=prepared.host,
        listen_port=prepared.port,
        options={PREFIX + name: value for name, value in prepared.options.items()},
        on_listening=listening,
    )
