"""Who is asked, and in what form: what cannot be judged is answered before any judgement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.request import RequestView
from nightlatch.proxy.admission import Target, admit, answers_for
from nightlatch.proxy.view import host_of


def status(authority: str, *hosts: str, path: str = "/", known: tuple[str, ...] = ("app.test",)) -> int | None:
    asked = host_of(authority or (hosts[0] if hosts else ""))
    request = RequestView("GET", asked, path, "", {}, "127.0.0.1")
    refusal = admit(request, Target(authority, hosts, "http"), known)
    return refusal.status if refusal else None


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8080", "app.localhost:1", "127.0.0.1", "127.9.9.9:80", "[::1]:80", "APP.test"]
)
def test_the_guarded_site_answers_for_loopback_and_what_it_was_told(host: str) -> None:
    assert status("", host) is None


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "169.254.169.254", "xlocalhost", "0.0.0.0", "app.test.evil"]
)
def test_any_other_host_is_misdirected(host: str) -> None:
    assert status("", host) == 421


@pytest.mark.parametrize(
    "hosts", [(), ("localhost", "localhost"), ("user@localhost",), ("",), ("local host",), ("localhost/x",), ("a,b",)]
)
def test_a_host_that_can_be_read_in_two_ways_is_refused(hosts: tuple[str, ...]) -> None:
    assert status("", *hosts) == 400


def test_a_target_and_a_host_that_disagree_are_refused() -> None:
    assert status("localhost:80", "localhost") is None
    assert status("localhost:8080", "LOCALHOST:8080") is None
    assert status("localhost", "app.test") == 400
    assert status("localhost:1", "localhost:2") == 400


@pytest.mark.parametrize("path", ["*", "", "admin", "http://localhost/"])
def test_what_is_not_a_path_is_refused(path: str) -> None:
    assert status("", "localhost", path=path) == 400


@given(st.text(max_size=40))
def test_no_host_crashes_it_and_none_but_loopback_gets_in(host: str) -> None:
    assert status("", host, known=()) in (None, 400, 421)
    if status("", host, known=()) is None:
        assert answers_for(host_of(host), ())
