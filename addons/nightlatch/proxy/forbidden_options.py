"""mitmproxy's options that go round the gate, and the modes in which it cannot stand: reasons not to start."""

import sys
from collections.abc import Iterable
from typing import NoReturn

from mitmproxy import exceptions, optmanager
from mitmproxy.proxy.mode_specs import ProxyMode, RegularMode, ReverseMode

from nightlatch.core.origin_facts import is_loopback
from nightlatch.proxy.arrival import origin
from nightlatch.proxy.lean_mitmproxy import Proxyserver
from nightlatch.proxy.live_flows import close
from nightlatch.proxy.options import OPTIONS, PREFIX
from nightlatch.proxy.settings_values import nearest

ROUND_THE_GATE = (
    "allow_hosts",
    "ignore_hosts",
    "map_local",
    "map_remote",
    "modify_body",
    "modify_headers",
    "stickyauth",
    "stickycookie",
    "stream_large_bodies",
    "tcp_hosts",
    "udp_hosts",
)


def refuse_bypasses(options: optmanager.OptManager) -> None:
    """Do not start beside options that let requests past the gate, or in a mode where not all are judged (law 9).

    Raises:
        OptionsError: names what has to go.
    """
    set_ = [name for name in ROUND_THE_GATE if name in options and getattr(options, name)]
    if set_:
        raise exceptions.OptionsError(f"nightlatch: {', '.join(set_)} would let requests past the gate; leave it unset")
    modes = [spec for spec in options.mode if not _fit(ProxyMode.parse(spec), bool(options.nightlatch_hosts.split()))]
    if modes:
        raise exceptions.OptionsError(
            f"nightlatch: mode {', '.join(modes)} cannot be guarded; use --mode reverse:http://HOST:PORT, "
            "or regular mode with nightlatch_hosts naming the hosts to guard"
        )


def refuse_unknown(options: optmanager.OptManager) -> None:
    """A misspelt option would be ignored by mitmproxy, and the default used without a word.

    Raises:
        OptionsError: names the option and the nearest that exists.
    """
    for name in options.deferred:
        if name.startswith(PREFIX) and name not in options:
            near = nearest(name, tuple(PREFIX + option.name for option in OPTIONS))
            raise exceptions.OptionsError(f"nightlatch: there is no option {name}{near}")


def keep_to_loopback(options: optmanager.OptManager) -> None:
    """The dev login asks for no password: listen on loopback, where mitmproxy would listen everywhere.

    Raises:
        OptionsError: another address was asked for.
    """
    hosts = {ProxyMode.parse(spec).listen_host(options.listen_host) for spec in options.mode}
    if hosts == {""}:
        options.update(listen_host="127.0.0.1")
    elif not all(map(is_loopback, hosts)):
        raise exceptions.OptionsError(
            f"nightlatch: the dev login asks for no password, so it does not listen on {', '.join(sorted(hosts))}: "
            "leave the address out, or set another nightlatch_login"
        )


def leave_other_addresses(proxyserver: Proxyserver, options: optmanager.OptManager) -> None:
    """mitmproxy 12 opens its sockets before it loads a script: where they are open elsewhere, open them anew."""
    if not all(is_loopback(address[0]) for address in proxyserver.listen_addrs()):
        options.update(server=False)
        options.update(server=True)


def stop_at_once(error: str) -> NoReturn:
    """End mitmproxy with exit code 1 before it listens.

    Raises:
        SystemExit: always; the only exception that mitmproxy does not swallow here.
    """
    sys.stderr.write(f"error: {error}\n")
    raise SystemExit(1)


def shut_doors(proxyserver: Proxyserver | None, options: optmanager.OptManager) -> None:
    """Let nobody in any more, and end the connections that are open: they would be served without being judged."""
    options.update(server=False)
    for handler in list(proxyserver.connections.values()) if proxyserver is not None else ():
        close(handler, handler.client)


def guarded_site(modes: Iterable[str]) -> str:
    """The origin of the upstream in reverse mode; empty in regular mode, where it differs from request to request."""
    for mode in map(ProxyMode.parse, modes):
        if isinstance(mode, ReverseMode):
            return origin(mode.scheme, *mode.address)
    return ""


def _fit(mode: ProxyMode, hosts_named: bool) -> bool:
    if isinstance(mode, ReverseMode):
        return mode.scheme in ("http", "https")
    return isinstance(mode, RegularMode) and hosts_named
