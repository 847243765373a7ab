"""What is kept of where a client came from: coarse, and never a crash."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.origin_facts import agent_family, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("not an address", ""),
    ],
)
def test_an_address_becomes_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox"),
        ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "Edge"),
        ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0 Safari/537.36", "Chrome (headless)"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15", "Safari"),
        ("curl/8.5.0", "curl"),
        ("", ""),
        ("\n\x1b[31mevil/1", "31mevil"),
    ],
)
def test_an_agent_becomes_its_family(agent: str, family: str) -> None:
    assert agent_family(agent) == family


@given(st.text())
def test_nothing_odd_is_kept(text: str) -> None:
    assert all(char.isalnum() or char in "-_. ()" for char in agent_family(text))
    network_of(text)
