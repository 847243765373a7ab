"""Whether an application's Content-Security-Policy lets the guard's script run: never more than it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.content_security import script_nonce

ORIGIN = "http://localhost:8080"


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "img-src 'none'",
        "default-src 'self'",
        "script-src 'self'",
        "SCRIPT-SRC 'SELF'",
        "script-src *",
        "script-src http:",
        "script-src http://localhost:8080",
        "script-src http://localhost:8080/",
        "default-src 'none'; script-src 'self'; connect-src 'self'",
        "script-src 'none'; script-src-elem 'self'",
        "sandbox allow-scripts allow-same-origin",
        "script-src 'self', default-src 'self'",
        "script-src 'self'; script-src 'none'",
    ],
)
def test_it_may_run_as_it_is(policy: str) -> None:
    assert script_nonce([policy] if policy else [], ORIGIN) == ""


@pytest.mark.parametrize(
    "policy",
    [
        "default-src 'none'",
        "script-src 'none'; connect-src 'self'",
        "script-src https:",
        "script-src http://localhost:8081",
        "script-src 'strict-dynamic' 'self'",
        "script-src 'unsafe-inline'",
        "script-src 'sha256-abc'",
        "script-src 'self'; connect-src 'none'",
        "script-src 'self'; default-src 'none'",
        "script-src-elem 'none'; script-src 'self'",
        "sandbox",
        "sandbox allow-scripts",
        "script-src 'self', script-src 'none'",
        "script-src 'nonce-a', script-src 'nonce-b'",
        "script-src 'nonce-\"><script>'",
    ],
)
def test_it_may_not(policy: str) -> None:
    assert script_nonce([policy], ORIGIN) is None


@pytest.mark.parametrize(
    ("policies", "nonce"),
    [
        (["script-src 'nonce-r4nd0m=='"], "r4nd0m=="),
        (["script-src 'strict-dynamic' 'nonce-abc'"], "abc"),
        (["script-src 'nonce-a' 'nonce-b'", "default-src 'nonce-b'; connect-src 'self'"], "b"),
        (["script-src 'self'", "script-src 'nonce-abc'"], "abc"),
    ],
)
def test_it_may_with_the_pages_nonce(policies: list[str], nonce: str) -> None:
    assert script_nonce(policies, ORIGIN) == nonce
    assert script_nonce([", ".join(policies)], ORIGIN) == nonce


@given(st.lists(st.text(alphabet=st.sampled_from("'self nonce-AB;,\"<>=\t"), max_size=60), max_size=3))
def test_whatever_it_says_a_nonce_cannot_break_out(policies: list[str]) -> None:
    nonce = script_nonce(policies, ORIGIN)
    assert nonce is None or not set(nonce) & set("\"'<> ;,")


@given(st.lists(st.sampled_from(["script-src 'self'", "script-src 'nonce-a'", "script-src 'none'"]), max_size=4))
def test_another_policy_never_allows_more(policies: list[str]) -> None:
    if script_nonce(policies, ORIGIN) is None:
        assert script_nonce([*policies, "script-src *"], ORIGIN) is None
