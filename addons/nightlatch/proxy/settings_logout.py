"""What a logout takes along, as it was configured: the browser's memory, and the application's own session."""

from collections.abc import Mapping
from typing import NamedTuple

from nightlatch.proxy.settings_values import SettingsInvalid, choice, switch, words

_KINDS = ("cache", "cookies", "storage", "executionContexts", "*")
"""Of Clear-Site-Data."""
_METHODS = ("GET", "POST")


class UpstreamRequest(NamedTuple):
    """The request by which the application logs somebody out."""

    method: str
    path: str


class LogoutSettings(NamedTuple):
    """Options of the end of a session."""

    no_store: bool = False
    """Guarded pages are not kept by the browser, so that its back button shows nothing."""
    clear_site_data: str = ""
    """`Clear-Site-Data` on the answer with which a session is over; empty: none."""
    upstream: UpstreamRequest | None = None


def read_logout(options: Mapping[str, str]) -> LogoutSettings:
    """Read `no_store`, `clear_site_data` and `upstream_logout`.

    Raises:
        SettingsInvalid: one of them cannot be used.
    """
    return LogoutSettings(
        no_store=switch("no_store", options["no_store"]),
        clear_site_data=_forgotten(options["clear_site_data"]),
        upstream=_upstream(options["upstream_logout"]),
    )


def _forgotten(text: str) -> str:
    return ", ".join(f'"{choice("clear_site_data", word, _KINDS)}"' for word in words(text.replace(",", " ")))


def _upstream(text: str) -> UpstreamRequest | None:
    if not text:
        return None
    *method, path = words(text) or ("",)
    if not path.startswith("/") or path.startswith("//") or len(method) > 1:
        raise SettingsInvalid(f"upstream_logout `{text}` needs a path of the application: /logout or POST /logout")
    return UpstreamRequest(choice("upstream_logout", method[0], _METHODS) if method else "GET", path)
