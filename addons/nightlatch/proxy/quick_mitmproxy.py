"""Work that mitmproxy does on every request and a guard can spare. For `nightlatch run` only; stock stays stock.

Left out is what mitmproxy itself leaves out under `python -O`, and no more: the checks of its own classes on the
types that its own parser has just given them, and on the events that its own layers pass each other. Every
`assert` that could fail stays, and so does every check on what comes over the wire (`validate_inbound_headers`). What
is asked most (header lookups; which connection is which; options; what passes between layers) is written out; it gives
what mitmproxy's gives, which a test compares.
"""

import os
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from types import FunctionType, ModuleType

from mitmproxy import flow
from mitmproxy.connection import Client, Connection, Server
from mitmproxy.http import Headers, MessageData
from mitmproxy.optmanager import OptManager, _Option, unset
from mitmproxy.proxy import layers
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers import http, modes, tls, websocket
from mitmproxy.proxy.layers.http import _http1, _http2
from mitmproxy.proxy.utils import expect

from nightlatch.proxy.quick_layers import hasten
from nightlatch.proxy.quick_messages import remember

LAYER_MODULES: tuple[ModuleType, ...] = (layers, http, _http1, _http2, modes, tls, websocket)

_CHECKED = expect()(lambda self, event: None).__code__
"""The code that every checked method shares."""

_CONNECTIONS = frozenset({Client, Server})
_IMMUTABLE = frozenset({bool, int, str, type(None)})


_POOL = 64
"""Identifiers that are made at a time: to ask the system for randomness costs as much as to make ten."""


@cache
def quicken() -> None:
    """Do so, once per process."""
    for owner, name, method in checked_methods():
        setattr(owner, name, method.__wrapped__)  # type: ignore[attr-defined]  # set by functools.wraps
    setattr(MessageData, "__post_init__", _unchecked)  # noqa: B010  # it is defined in debug mode only
    setattr(flow, "uuid", _Identifiers)  # noqa: B010  # of all that is in that module it uses this one function
    setattr(OptManager, "__getattr__", option_called)  # noqa: B010  # a method is not to be assigned
    remember()
    hasten()
    quicker = (
        (Headers, (get_all, get, __contains__)),
        (Context, (fork,)),
        (Connection, (__eq__,)),
        (_Option, (current,)),
    )
    for owner, functions in quicker:
        for function in functions:
            setattr(owner, function.__name__, function)


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
    """`Headers.get_all`. Lengths are compared first: hardly two names of a request have the same."""
    key = (name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name).lower()
    size, found = len(key), []
    for field, value in self.fields:
        if len(field) == size and field.lower() == key:
            found.append(value.decode("utf-8", "surrogateescape"))
    return found


def get(self: Headers, name: str | bytes, default: object = None) -> object:
    """`Headers.get`."""
    values = get_all(self, name)
    return ", ".join(values) if values else default


def __contains__(self: Headers, name: object) -> bool:  # named as the method it becomes
    """`name in headers`."""
    if not isinstance(name, str | bytes):
        return False
    key = (name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name).lower()
    size = len(key)
    for field, _ in self.fields:  # noqa: SIM110  # a generator would cost as much as the search
        if len(field) == size and field.lower() == key:
            return True
    return False


def fork(self: Context) -> Context:
    """`Context.fork`, without making a server connection, and an id for it, that is thrown away at once."""
    forked = Context.__new__(Context)
    forked.client, forked.options, forked.server = self.client, self.options, self.server
    forked.layers = self.layers.copy()
    return forked


def __eq__(self: Connection, other: object) -> bool:  # named as the method it becomes
    """`Connection.__eq__`. Which class is which of an abstract one is asked only where it is none of mitmproxy's."""
    return (type(other) in _CONNECTIONS or isinstance(other, Connection)) and self.id == other.id  # type: ignore[attr-defined]  # just checked


def current(self: _Option) -> object:
    """`_Option.current`. What cannot be changed need not be copied."""
    value = self._default if self.value is unset else self.value
    return value if type(value) in _IMMUTABLE else deepcopy(value)


def option_called(self: OptManager, name: str) -> object:
    """`OptManager.__getattr__`. A module may not have a function of that name."""
    option = self._options.get(name)
    if option is None:
        raise AttributeError(f"No such option: {name}")
    value = option._default if option.value is unset else option.value
    return value if type(value) in _IMMUTABLE else deepcopy(value)


class _Identifiers:
    """In the place of the module `uuid`, of which a flow wants `str(uuid4())`."""

    _made: list[str] = []  # noqa: RUF012  # one supply for all

    @classmethod
    def uuid4(cls) -> str:
        """A random identifier (RFC 9562 section 5.4), in its usual spelling."""
        if not cls._made:
            drawn = os.urandom(16 * _POOL).hex()
            cls._made = [_spelt(drawn[start : start + 32]) for start in range(0, len(drawn), 32)]
        return cls._made.pop()


def _spelt(digits: str) -> str:
    """32 hexadecimal digits, six bits of which give way to the version and the variant."""
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
