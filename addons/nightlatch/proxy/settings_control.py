"""Where the control API listens, as it was told: a loopback address, or nowhere."""

from typing import NamedTuple

from nightlatch.core.origin_facts import is_loopback
from nightlatch.proxy.settings_values import SettingsInvalid


class ControlAddress(NamedTuple):
    """A loopback address; port 0 takes any free one."""

    host: str
    port: int


def read_control(text: str) -> ControlAddress | None:
    """Read `HOST:PORT`, `[::1]:PORT` or `PORT`; None for an empty text, which is for no control API.

    Raises:
        SettingsInvalid: neither, or an address that others reach: whoever holds the token may end every session and
            change the policy, and it travels unencrypted.
    """
    if not text:
        return None
    host, colon, port = text.rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > 65535 or (colon and not host):
        raise SettingsInvalid(f"control `{text}`: expected HOST:PORT, such as 127.0.0.1:9090 (port 0: any free one)")
    host = host.strip("[]") or "127.0.0.1"
    if not is_loopback(host):
        raise SettingsInvalid(
            f"control `{text}`: {host} can be reached by others; use 127.0.0.1:{port}, and forward that port "
            "(ssh -L) where you need it elsewhere"
        )
    return ControlAddress(host, int(port))
