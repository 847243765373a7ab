"""Work that mitmproxy does on every request and a guard can spare. For `nightlatch run` only; stock stays stock.

Left out is what mitmproxy itself leaves out under `python -O`, and no more: the checks of its own classes on the
types that its own parser has just given them, and on the events that its own layers pass each other. Every
`assert` stays, and so does every check on what comes over the wire (`validate_inbound_headers`). Header lookups,
some thirty a request, are written out; they give what mitmproxy's give, which a test compares.
"""

from collections.abc import Iterator
from functools import cache
from types import FunctionType, ModuleType

from mitmproxy.http import Headers, MessageData
from mitmproxy.proxy import layers
from mitmproxy.proxy.layers import http, modes, tls, websocket
from mitmproxy.proxy.layers.http import _http1, _http2
from mitmproxy.proxy.utils import expect

LAYER_MODULES: tuple[ModuleType, ...] = (layers, http, _http1, _http2, modes, tls, websocket)

_CHECKED = expect()(lambda self, event: None).__code__
"""The code that every checked method shares."""


@cache
def quicken() -> None:
    """Do so, once per process."""
    for owner, name, method in checked_methods():
        setattr(owner, name, method.__wrapped__)  # type: ignore[attr-defined]  # set by functools.wraps
    setattr(MessageData, "__post_init__", _unchecked)  # noqa: B010  # it is defined in debug mode only
    for function in (get_all, get, __contains__):
        setattr(Headers, function.__name__, function)


def checked_methods() -> Iterator[tuple[type, str, FunctionType]]:
    """Methods of layers that check the type of every event they are given, as owner, name and method."""
    classes = {value for module in LAYER_MODULES for value in vars(module).values() if isinstance(value, type)}
    for owner in classes:
        for name, value in tuple(vars(owner).items()):
            if isinstance(value, FunctionType) and value.__code__ is _CHECKED:
                yield owner, name, value


def _unchecked(_: MessageData) -> None:
    """In the place of a type check of every field."""


def get_all(self: Headers, name: str | bytes) -> list[str]:
    """`Headers.get_all`."""
    key = (name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name).lower()
    return [value.decode("utf-8", "surrogateescape") for field, value in self.fields if field.lower() == key]


def get(self: Headers, name: str | bytes, default: object = None) -> object:
    """`Headers.get`."""
    values = get_all(self, name)
    return ", ".join(values) if values else default


def __contains__(self: Headers, name: object) -> bool:  # named as the method it becomes
    """`name in headers`."""
    if not isinstance(name, str | bytes):
        return False
    key = (name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name).lower()
    return any(field.lower() == key for field, _ in self.fields)
