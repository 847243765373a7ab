"""The login is for people in a window: neither for prefetches nor for frames."""

import pytest
from tests.proxy.bench import NAVIGATION, ORIGIN, Bench, response

FRAME = NAVIGATION | {"Sec-Fetch-Dest": "iframe"}


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose", "X-Moz"])
def test_a_prefetched_login_is_refused(bench: Bench, header: str) -> None:
    flow = bench.ask("/.nightlatch/login?return_to=/a", headers=NAVIGATION | {header: "prefetch"})
    assert response(flow).status_code == 503


def test_a_person_gets_the_login(bench: Bench) -> None:
    flow = bench.ask("/.nightlatch/login", headers=NAVIGATION | {"Sec-Fetch-Dest": "document"})
    assert response(flow).status_code == 200 and "frame-ancestors 'none'" in str(response(flow).headers)


@pytest.mark.parametrize("dest", ["iframe", "frame", "embed", "object"])
def test_in_a_frame_there_is_a_link_out_of_it(bench: Bench, dest: str) -> None:
    headers = FRAME | {"Sec-Fetch-Dest": dest, "Referer": f"{ORIGIN}/board?x=1#top"}
    flow = bench.ask("/.nightlatch/login?return_to=/inner", headers=headers)
    text = str(response(flow).text)
    assert 'href="/.nightlatch/login?return_to=%2Fboard%3Fx%3D1" target="_top"' in text
    assert "<form" not in text and "frame-ancestors 'self'" in response(flow).headers["content-security-policy"]


@pytest.mark.parametrize("around", ["", "https://evil.example/x", f"{ORIGIN}.evil.example/", f"{ORIGIN}//evil.example"])
def test_the_way_back_stays_on_the_site(bench: Bench, around: str) -> None:
    flow = bench.ask("/.nightlatch/login", headers=FRAME | {"Referer": around})
    assert "return_to=%2F&#34;" in str(response(flow).text) or 'return_to=%2F"' in str(response(flow).text)
