"""Whose word about the client's address is taken: the named proxies', and never the client's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.proxy.bench import ORIGIN, Bench, response, the
from tests.proxy.conftest import Benches

from nightlatch.core.verdict import Kind
from nightlatch.proxy.forwarders import client_address, client_scheme, parse_network

TRUSTED = ("10.0.0.0/8", "fd00::/8")
PROXY, CLIENT, SPOOF = "10.0.0.5", "203.0.113.9", "192.0.2.1"
ADDRESSES = st.ip_addresses().map(str)


def asked(*lines: str, name: str = "x-forwarded-for") -> dict[str, tuple[str, ...]]:
    return {name: lines} if lines else {}


@pytest.mark.parametrize(
    ("lines", "client"),
    [
        ((CLIENT,), CLIENT),
        ((f"{SPOOF}, {CLIENT}",), CLIENT),
        ((SPOOF, CLIENT), CLIENT),
        ((f"{SPOOF}, {CLIENT}, 10.1.1.1, 10.2.2.2",), CLIENT),
        ((f"{CLIENT}:4711",), CLIENT),
        (("[2001:db8::1]:443",), "2001:db8::1"),
        (('"[2001:db8::1]"',), "2001:db8::1"),
        (("2001:db8::1",), "2001:db8::1"),
        ((f"{CLIENT}, fd00::1",), CLIENT),
        ((f"{SPOOF}, unknown",), PROXY),
        ((f"{SPOOF}, garbage, 10.1.1.1",), "10.1.1.1"),
        (("",), PROXY),
        ((f"{CLIENT},",), PROXY),
        (("10.1.1.1, 10.2.2.2",), "10.1.1.1"),
        ((), PROXY),
    ],
)
def test_the_first_from_the_right_that_is_no_forwarder(lines: tuple[str, ...], client: str) -> None:
    assert client_address(PROXY, asked(*lines), TRUSTED) == client


@given(ADDRESSES.filter(lambda a: not a.startswith("10.")), st.lists(st.text(max_size=20), max_size=5))
def test_nobody_else_is_believed(peer: str, said: list[str]) -> None:
    if not peer.startswith("fd"):
        assert client_address(peer, asked(*said), TRUSTED) == peer
        assert client_scheme(peer, asked("https", name="x-forwarded-proto"), TRUSTED) is None


@given(st.lists(st.text(alphabet='0123456789abcdef.:, []"%x', max_size=40), max_size=4))
def test_whatever_a_client_writes_the_proxys_own_entry_counts(said: list[str]) -> None:
    assert client_address(PROXY, asked(*said, CLIENT), TRUSTED) == CLIENT


def test_a_mapped_address_is_the_same_forwarder() -> None:
    assert client_address("::ffff:10.0.0.5", asked(CLIENT), TRUSTED) == CLIENT


def test_a_line_without_end_is_not_read_to_its_end() -> None:
    assert client_address(PROXY, asked(", ".join(["10.0.0.1"] * 100_000)), TRUSTED) == "10.0.0.1"


@pytest.mark.parametrize(
    ("said", "scheme"), [("https", "https"), ("HTTPS ", "https"), ("https, http", "http"), ("gopher", None), ("", None)]
)
def test_the_scheme_is_the_nearest_forwarders_word(said: str, scheme: str | None) -> None:
    assert client_scheme(PROXY, asked(said, name="x-forwarded-proto"), TRUSTED) == scheme


@pytest.mark.parametrize("text", ["10.0.0.1", "10.0.0.0/8", "10.1.2.3/8", "::1", "fd00::/8"])
def test_what_can_be_named(text: str) -> None:
    assert "/" in parse_network(text)


@pytest.mark.parametrize("text", ["0.0.0.0/0", "::/0", "everybody", "10.0.0.0/33", "proxy.example", ""])
def test_what_cannot(text: str) -> None:
    with pytest.raises(ValueError, match="--trusted-forwarder"):
        parse_network(text)


RULES = """
[[rule]]
name = "office"
match = { path = "/office/**" }
require = { network = ["203.0.113.0/24"] }
"""


@pytest.fixture
def behind(benches: Benches) -> Bench:
    return benches(RULES, trusted_forwarder="10.0.0.0/8", host="app.example")


def test_network_rules_see_the_client(behind: Bench) -> None:
    cookie = behind.log_in("ada")
    for forwarded, kind in ((CLIENT, Kind.ALLOW), (f"{CLIENT}, {SPOOF}", Kind.DENIED), (SPOOF, Kind.DENIED)):
        headers = {"X-Forwarded-For": forwarded}
        assert behind.kind("/office", cookie=cookie, address=PROXY, headers=headers) is kind
    spoofed = dict.fromkeys(("X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "X-Client-IP"), CLIENT)
    for address in (SPOOF, "127.0.0.1"):
        assert behind.kind("/office", cookie=cookie, address=address, headers=spoofed) is Kind.DENIED
    assert behind.kind("/office", cookie=cookie, address=CLIENT) is Kind.ALLOW


@pytest.mark.parametrize("name", ["X_Forwarded_For", "X-Forwarded_For", "X-Client-IP", "Forwarded", "X-Real-IP"])
def test_only_one_header_counts_and_in_one_spelling(behind: Bench, name: str) -> None:
    cookie = behind.log_in("ada")
    assert behind.kind("/office", cookie=cookie, address=PROXY, headers={name: CLIENT}) is Kind.DENIED


def test_the_application_hears_of_the_client_and_the_scheme(behind: Bench) -> None:
    cookie = behind.log_in("ada")
    said = {"X-Forwarded-For": f"{SPOOF}, {CLIENT}", "X-Forwarded-Proto": "https"}
    headers = behind.ask(
        "/", cookie=cookie.replace("nightlatch-8080", "__Host-nightlatch"), address=PROXY, headers=said
    )
    assert headers.request.headers["X-Forwarded-For"] == CLIENT
    assert headers.request.headers["X-Forwarded-Proto"] == "https"


def test_behind_tls_the_sites_own_forms_are_https(behind: Bench) -> None:
    cookie = behind.log_in("ada").replace("nightlatch-8080", "__Host-nightlatch")
    for origin, status in (("https://app.example", 200), ("http://app.example", 403)):
        headers = {"Origin": origin, "X-Forwarded-Proto": "https", "X-Forwarded-For": CLIENT}
        flow = behind.post("extend", headers=headers, cookie=cookie, address=PROXY, host="app.example")
        assert response(flow).status_code == status


@pytest.mark.parametrize("trusted", ["10.0.0.0/8", "127.0.0.1"])
@pytest.mark.parametrize("address", [PROXY, "127.0.0.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("forwarded", [CLIENT, f"127.0.0.1, {CLIENT}", f"{CLIENT}, 127.0.0.1", "unknown", ""])
def test_the_dev_login_is_for_this_machine_however_one_came(
    benches: Benches, trusted: str, address: str, forwarded: str
) -> None:
    """A tunnel or nginx on this machine lets the world in by loopback."""
    bench = benches(RULES, trusted_forwarder=trusted)
    told = {"X-Forwarded-For": forwarded, "Origin": ORIGIN}
    for flow in (
        bench.post("login", {"user": "ada"}, address=address, headers=told),
        bench.ask("/.nightlatch/login", address=address, headers=told),
    ):
        assert response(flow).status_code == 403 and "Set-Cookie" not in response(flow).headers


@pytest.mark.parametrize("name", ["X-Real-IP", "True-Client-IP", "CF-Connecting-IP"])
def test_whatever_a_tunnel_calls_it(behind: Bench, name: str) -> None:
    told = {name: CLIENT, "Origin": ORIGIN}
    assert response(behind.post("login", {"user": "ada"}, headers=told)).status_code == 403


def test_a_proxy_of_this_machine_may_stand_in_between(behind: Bench) -> None:
    told = {"X-Forwarded-For": "127.0.0.1, [::1]:4711", "Origin": ORIGIN}
    assert response(behind.post("login", {"user": "ada"}, headers=told)).status_code == 303


def test_sessions_are_noted_with_the_clients_network(behind: Bench) -> None:
    cookie = behind.log_in("ada")
    flow = behind.visit(cookie=cookie, address=PROXY, headers={"X-Forwarded-For": CLIENT})
    assert the(flow).arrival.request.address == CLIENT
