"""`--simulate-network`: believed from this machine, and from nowhere else."""

import pytest
from tests.proxy.conftest import Benches

from nightlatch.core.request import RequestView
from nightlatch.proxy.simulated import from_elsewhere


def asked(address: str = "127.0.0.1", **headers: str) -> str:
    fields = {name.replace("_", "-"): (value,) for name, value in headers.items()}
    return from_elsewhere(RequestView("GET", "localhost", "/", "", fields, address)).address


def test_a_header_or_a_cookie_says_it() -> None:
    assert asked(nightlatch_network="203.0.113.7") == "203.0.113.7"
    assert asked("::1", cookie="a=b; nightlatch-network=2001:db8::1") == "2001:db8::1"
    assert asked("::ffff:127.0.0.1", nightlatch_network=" 203.0.113.7 ") == "203.0.113.7"


@pytest.mark.parametrize("said", ["", "nonsense", "203.0.113.0/24", "localhost"])
def test_what_is_no_address_says_nothing(said: str) -> None:
    assert asked(nightlatch_network=said) == "127.0.0.1"


def test_nobody_else_is_believed() -> None:
    assert asked("192.0.2.1", nightlatch_network="203.0.113.7") == "192.0.2.1"


def test_it_needs_the_option_and_never_reaches_the_application(benches: Benches) -> None:
    said = {"Nightlatch-Network": "203.0.113.7", "Cookie": "nightlatch-network=203.0.113.8; a=b"}
    plain = benches()
    assert plain.visit("/favicon.ico", headers=said).request.headers["X-Forwarded-For"] == "127.0.0.1"
    guarded = benches(simulate_network="on")
    flow = guarded.visit("/favicon.ico", headers=said)
    assert flow.request.headers["X-Forwarded-For"] == "203.0.113.7"
    assert "nightlatch-network" not in flow.request.headers
    assert flow.request.headers["Cookie"].strip() == "a=b"


def test_somebody_from_elsewhere_cannot_claim_to_be_here_and_log_in(benches: Benches) -> None:
    bench = benches(simulate_network="on")
    flow = bench.post("login", {"user": "ada"}, address="192.0.2.1", headers={"Nightlatch-Network": "127.0.0.1"})
    assert flow.response is not None
    assert flow.response.status_code == 403
    assert bench.log_in(headers={"Nightlatch-Network": "203.0.113.7"})
