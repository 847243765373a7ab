"""One small cookie a login, for nightlatch's own pages only."""

from tests.proxy.bench import Bench, a_flow

from nightlatch.proxy import login_cookies
from nightlatch.proxy.arrival import Arrival, arrive, is_own_cookie

TAG = "0123456789ab"


def came(bench: Bench, cookie: str = "", *, tls: bool = False) -> Arrival:
    flow = a_flow(cookie=cookie)
    flow.client_conn.timestamp_tls_setup = 1.0 if tls else None
    return arrive(bench.guard, flow)


def test_it_is_given_kept_and_taken_back(bench: Bench) -> None:
    name, line = login_cookies.given(came(bench), TAG, "secret")
    assert name == "Set-Cookie"
    assert line == (
        "nightlatch-8080-login-0123456789ab=secret; Max-Age=900; Path=/.nightlatch/; HttpOnly; SameSite=Lax"
    )
    there = came(bench, f"a=b; {line.partition(';')[0]}")
    assert (login_cookies.kept(there, TAG), login_cookies.tags(there)) == ("secret", [TAG])
    assert "Max-Age=0" in login_cookies.taken_back(there, TAG)[1]


def test_over_tls_no_sibling_can_plant_one(bench: Bench) -> None:
    """Browsers take a `__Host-` cookie only with Secure and Path=/, and without Domain."""
    for _, line in (
        login_cookies.given(came(bench, tls=True), TAG, "secret"),
        login_cookies.taken_back(came(bench, tls=True), TAG),
    ):
        name, *attributes = line.split("; ")
        assert name.partition("=")[0] == f"__Host-nightlatch-login-{TAG}"
        assert {"Secure", "Path=/", "HttpOnly"} <= set(attributes) and "Domain" not in line
    planted = f"__Secure-nightlatch-login-{TAG}=theirs"
    assert login_cookies.kept(came(bench, planted, tls=True), TAG) == ""
    assert login_cookies.tags(came(bench, f"__Host-nightlatch-login-{TAG}=ours", tls=True)) == [TAG]


def test_of_two_with_one_name_neither_counts(bench: Bench) -> None:
    twice = f"nightlatch-8080-login-{TAG}=a; nightlatch-8080-login-{TAG}=b"
    assert login_cookies.kept(came(bench, twice), TAG) == ""
    assert login_cookies.kept(came(bench), TAG) == ""


def test_none_of_them_is_the_applications() -> None:
    assert is_own_cookie(f"nightlatch-8080-login-{TAG}") and is_own_cookie(f"__Host-nightlatch-login-{TAG}")
    assert not is_own_cookie("nightlatch-8080-login") and not is_own_cookie("nightlatch-login-page")
