"""Reasons not to start: options that go round the gate, modes in which it cannot stand, misspelt names."""

from types import SimpleNamespace
from typing import Any

import pytest
from mitmproxy import exceptions, options

from nightlatch.proxy.forbidden_options import (
    ROUND_THE_GATE,
    guarded_site,
    keep_to_loopback,
    leave_other_addresses,
    refuse_bypasses,
    refuse_unknown,
    shut_doors,
    stop_at_once,
)


def given(hosts: str = "", **changes: Any) -> options.Options:
    """mitmproxy's options, with those that its addons bring."""
    made = options.Options()
    for name in ROUND_THE_GATE:
        if name not in made:
            made.add_option(name, str, "", "")
    made.add_option("nightlatch_hosts", str, hosts, "")
    made.add_option("nightlatch_policy", str, "default", "")
    made.update(**({"mode": ["reverse:http://localhost:3000"]} | changes))
    return made


def test_nothing_is_wrong_with_a_plain_reverse_proxy() -> None:
    refuse_bypasses(given())
    refuse_unknown(given())


@pytest.mark.parametrize("name", ROUND_THE_GATE)
def test_an_option_that_goes_round_is_named(name: str) -> None:
    made = given()
    made.update(**{name: "1" if isinstance(getattr(made, name), str | None) else ["1"]})
    with pytest.raises(exceptions.OptionsError, match=f"{name} would let requests past the gate"):
        refuse_bypasses(made)


@pytest.mark.parametrize(
    ("mode", "hosts", "fits"),
    [
        ("reverse:https://localhost:3000", "", True),
        ("regular", "app.example", True),
        ("regular", "", False),
        ("regular", "  ", False),
        ("reverse:tcp://localhost:3000", "", False),
        ("upstream:http://localhost:3000", "app.example", False),
        ("socks5", "app.example", False),
        ("transparent", "app.example", False),
        ("dns", "app.example", False),
    ],
)
def test_modes(mode: str, hosts: str, fits: bool) -> None:
    made = given(hosts, mode=[mode])
    if fits:
        refuse_bypasses(made)
        return
    with pytest.raises(exceptions.OptionsError, match=f"mode {mode}.*cannot be guarded"):
        refuse_bypasses(made)


def test_one_bad_mode_among_good_ones_is_enough() -> None:
    with pytest.raises(exceptions.OptionsError, match="socks5"):
        refuse_bypasses(given(mode=["reverse:http://localhost:3000", "socks5@9000"]))


def test_a_misspelt_option_is_told_its_nearest_name() -> None:
    made = given()
    made.set("nightlatch_polcy=strict", "other_addons=1", defer=True)
    with pytest.raises(exceptions.OptionsError, match="nightlatch_polcy; did you mean `nightlatch_policy`"):
        refuse_unknown(made)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "localhost"])
def test_the_dev_login_may_listen_on_loopback(address: str) -> None:
    made = given(listen_host=address)
    keep_to_loopback(made)
    assert made.listen_host == address


def test_where_nothing_is_said_it_does() -> None:
    made = given()
    keep_to_loopback(made)
    assert made.listen_host == "127.0.0.1"


@pytest.mark.parametrize(
    "changes",
    [{"listen_host": "0.0.0.0"}, {"mode": ["reverse:http://localhost:3000@192.0.2.7:8080"]}],
)
def test_but_nowhere_else(changes: dict[str, Any]) -> None:
    with pytest.raises(exceptions.OptionsError, match="asks for no password"):
        keep_to_loopback(given(**changes))


@pytest.mark.parametrize(("address", "opened_anew"), [("127.0.0.1", False), ("::1", False), ("0.0.0.0", True)])
def test_sockets_that_are_open_elsewhere_are_opened_anew(address: str, opened_anew: bool) -> None:
    changes: list[bool] = []
    made = given()

    def noted(updated: set[str]) -> None:
        changes.append(made.server)

    made.changed.connect(noted)
    leave_other_addresses(SimpleNamespace(listen_addrs=lambda: [(address, 8080)]), made)  # type: ignore[arg-type]  # all it is asked for
    assert changes == ([False, True] if opened_anew else [])


def test_stopping_at_once_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="1"):
        stop_at_once("nightlatch: no")
    assert capsys.readouterr().err == "error: nightlatch: no\n"


def test_doors_are_shut_and_those_inside_put_out() -> None:
    closed: list[object] = []
    client = object()
    io = SimpleNamespace(handler=object())
    handler = SimpleNamespace(client=client, transports={client: io}, close_connection=closed.append)
    made = given()
    shut_doors(SimpleNamespace(connections={"a": handler}), made)  # type: ignore[arg-type]  # all it is asked for
    assert made.server is False and closed == [client]
    shut_doors(None, made)


@pytest.mark.parametrize(
    ("modes", "site"),
    [
        (["reverse:http://LOCALHOST:3000"], "http://localhost:3000"),
        (["reverse:https://app.example"], "https://app.example"),
        (["regular"], ""),
        ([], ""),
    ],
)
def test_the_site_that_is_guarded(modes: list[str], site: str) -> None:
    assert guarded_site(modes) == site
