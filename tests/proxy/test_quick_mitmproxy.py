"""What is spared changes no result: header lookups as mitmproxy's, requests as ever, and every version has it."""

import subprocess
import sys
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.coretypes.multidict import _MultiDict
from mitmproxy.http import Headers, Request

from nightlatch.proxy import quick_mitmproxy

names = st.sampled_from(["Host", "host", "HOST", "Accept", "X-\u00e4", "x-\udce4"]) | st.text(max_size=5)
fields = st.lists(
    st.tuples(st.sampled_from([b"Host", b"host", b"Accept", b"X-\xe4", b"x-\xc3\xa4"]), st.binary(max_size=6)),
    max_size=6,
)


@given(fields, names)
def test_lookups_give_what_mitmproxys_give(given: list[tuple[bytes, bytes]], name: str) -> None:
    headers = Headers(given)
    raw = name.encode("utf-8", "surrogateescape")
    expected = [value.decode("utf-8", "surrogateescape") for value in _MultiDict.get_all(headers, raw)]
    for asked in (name, raw):
        assert quick_mitmproxy.get_all(headers, asked) == expected
        assert quick_mitmproxy.get(headers, asked) == (", ".join(expected) if expected else None)
        assert quick_mitmproxy.get(headers, asked, "none") == (", ".join(expected) if expected else "none")
        assert quick_mitmproxy.__contains__(headers, asked) == bool(expected)


def test_no_other_type_is_in_headers() -> None:
    assert not quick_mitmproxy.__contains__(Headers([(b"Host", b"x")]), 7)


def _in_stock(code: str) -> None:
    """Run `code` where nothing has been made quicker yet."""
    subprocess.run([sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{code}"], check=True, timeout=60)


CHECK = """
from nightlatch.proxy.quick_mitmproxy import checked_methods, quicken
from mitmproxy.http import Headers, Request
before = len(list(checked_methods()))
assert before > 20, before
quicken(), quicken()
assert not list(checked_methods())
from mitmproxy import connection, optmanager
from mitmproxy.proxy import context
from nightlatch.proxy import quick_mitmproxy as quick
assert context.Context.fork is quick.fork and optmanager._Option.current is quick.current
assert connection.Connection.__eq__ is connection.Client.__eq__ is connection.Server.__eq__ is quick.__eq__
assert hash(connection.Server(address=("a", 1)))
headers = Headers([(b"Host", b"x"), (b"host", b"y")])
assert headers.get("HOST") == headers["host"] == "x, y" and headers.get_all("host") == ["x", "y"]
assert "Host" in headers and "Accept" not in headers and headers.get("accept") is None
request = Request.make("GET", "http://localhost/", "body", {"A": "b"})
assert (request.text, request.headers["a"], request.copy().url) == ("body", "b", "http://localhost/")
"""


def test_every_check_that_is_meant_is_found_and_spared() -> None:
    """In a process of its own, since it lasts."""
    _in_stock(CHECK)


def test_what_comes_over_the_wire_is_checked_as_ever() -> None:
    quick_mitmproxy.quicken()
    request = Request.make("GET", "http://localhost/")
    assert request.http_version == "HTTP/1.1"
    try:
        Headers([("text", "instead of bytes")])  # type: ignore[list-item]  # that is the point
    except TypeError:
        return
    raise AssertionError("mitmproxy's own check of header fields is gone")


FORKS = """
from mitmproxy import options
from mitmproxy.connection import Client
from mitmproxy.proxy.context import Context
from nightlatch.proxy.quick_mitmproxy import fork

client = Client(peername=("127.0.0.1", 1), sockname=("127.0.0.1", 2))
context = Context(client, options.Options())
context.layers.append(object())
for made in (fork(context), fork(fork(context))):
    stock = context.fork()
    assert type(made) is Context and vars(made) == vars(stock), (vars(made), vars(stock))
    assert made.server is context.server and made.client is client and made.options is context.options
    assert made.layers is not context.layers
"""


def test_a_context_is_forked_as_mitmproxy_forks_it() -> None:
    _in_stock(FORKS)


EQUALS = """
from itertools import product
from mitmproxy.connection import Client, Connection, Server
from nightlatch.proxy.quick_mitmproxy import __eq__

class Own(Server):
    pass

client = Client(peername=("127.0.0.1", 1), sockname=("127.0.0.1", 2))
server, own = Server(address=("a", 1)), Own(address=("a", 1))
again = Server(address=("b", 2))
again.id = own.id
things = [client, server, own, again, client.copy(), None, "x", client.id, object()]
for one, other in product(things, things):
    if isinstance(one, Connection):
        assert __eq__(one, other) is Connection.__eq__(one, other), (one, other)
"""


def test_connections_are_told_apart_as_mitmproxy_does() -> None:
    _in_stock(EQUALS)


OPTIONS = """
from mitmproxy.options import Options
from nightlatch.proxy.quick_mitmproxy import current

options = Options()
options.update(listen_port=8080, mode=["reverse:http://x"], listen_host="h", ignore_hosts=["a"])
for option in options._options.values():
    value = current(option)
    assert value == option.current() and type(value) is type(option.current()), option
    if isinstance(value, list):
        assert value is not option.value and value is not option._default, "a list may be changed by who gets it"
"""


def test_options_have_the_values_that_mitmproxy_gives() -> None:
    _in_stock(OPTIONS)


def test_identifiers_of_flows_are_random_ones_of_version_4() -> None:
    made = [quick_mitmproxy._Identifiers.uuid4() for _ in range(3 * quick_mitmproxy._POOL)]
    assert len({*made}) == len(made)
    for text in made:
        read = UUID(text)
        assert (str(read), read.version, read.variant) == (text, 4, RFC_4122)


def test_a_spelling_keeps_every_digit_that_is_not_taken() -> None:
    digits = "0123456789abcdef" * 2
    assert quick_mitmproxy._spelt(digits) == "01234567-89ab-4def-8123-456789abcdef"
    assert {quick_mitmproxy._spelt("0" * 16 + digit + "0" * 15)[19] for digit in "0123456789abcdef"} == {*"89ab"}


CALLED = """
from mitmproxy.options import Options
from mitmproxy.optmanager import OptManager
from nightlatch.proxy.quick_mitmproxy import option_called

options = Options()
options.update(listen_port=8080, ignore_hosts=["a"])
for name in options.keys():
    assert option_called(options, name) == getattr(options, name), name
assert option_called(options, "ignore_hosts") is not option_called(options, "ignore_hosts")
for asked in (option_called, getattr):
    try:
        asked(options, "nonsense")
    except AttributeError as error:
        assert "nonsense" in str(error)
    else:
        raise AssertionError
"""


def test_an_option_is_called_as_mitmproxy_calls_it() -> None:
    _in_stock(CALLED)
