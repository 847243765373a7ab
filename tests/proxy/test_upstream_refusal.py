from urllib.parse import parse_qs, urlsplit

import pytest
from tests.proxy.bench import response
from tests.proxy.conftest import Benches

POLICY = "[login]\nrewrite_upstream = true\n"
SCRIPT = {"Sec-Fetch-Mode": "cors", "Accept": "application/json"}


@pytest.mark.parametrize("status", [401, 419, 440])
def test_a_page_that_the_application_refuses_leads_to_the_login_and_back(benches: Benches, status: int) -> None:
    bench = benches(POLICY)
    flow = bench.visit("/reports?year=1", ("Set-Cookie", "theirs=; Max-Age=0"), status=status, cookie=bench.log_in())
    location = urlsplit(response(flow).headers["Location"])
    assert (response(flow).status_code, location.path) == (302, "/.nightlatch/login")
    assert parse_qs(location.query)["return_to"] == ["/reports?year=1"]
    assert response(flow).headers["Nightlatch-Verdict"].startswith("login; ")
    assert response(flow).headers.get_all("Set-Cookie") == ["theirs=; Max-Age=0"]


@pytest.mark.parametrize("status", [200, 403, 404, 500])
def test_any_other_answer_is_the_applications(benches: Benches, status: int) -> None:
    bench = benches(POLICY)
    assert response(bench.visit(status=status, cookie=bench.log_in())).status_code == status


def test_a_script_gets_the_applications_own_answer(benches: Benches) -> None:
    bench = benches(POLICY)
    assert response(bench.visit(status=401, cookie=bench.log_in(), headers=SCRIPT)).status_code == 401


def test_a_policy_that_does_not_say_so_changes_nothing(benches: Benches) -> None:
    bench = benches("")
    assert response(bench.visit(status=401, cookie=bench.log_in())).status_code == 401


def test_where_nobody_can_be_led_and_on_the_applications_own_login_nothing_changes(benches: Benches) -> None:
    itself = benches(POLICY, identity="cookie:sid", login="self")
    assert response(itself.visit(status=401)).status_code == 401
    redirected = benches(POLICY, identity="cookie:sid", login="redirect:/login")
    assert response(redirected.visit("/login", status=401)).status_code == 401
