"""Problem documents and challenges: what scripts are promised."""

import json

import pytest

from nightlatch.core.policy import SECOND
from nightlatch.core.problem import challenge, problem_document
from nightlatch.core.verdict import Clock, Kind, Verdict

EXPIRED = Verdict(Kind.EXPIRED, "clock", "admin", Clock.IDLE, 900 * SECOND, 1313 * SECOND - 1)


def test_an_expiry_tells_its_clock_in_whole_seconds() -> None:
    assert json.loads(problem_document(EXPIRED, 401, "http://localhost:8080/login", "abc-1")) == {
        "type": "urn:nightlatch:verdict:expired",
        "title": "Session expired",
        "status": 401,
        "detail": "You were idle for 21 minutes 52 seconds; the limit is 15 minutes.",
        "verdict": "expired",
        "clock": "idle",
        "limit": 900,
        "elapsed": 1312,
        "login_url": "http://localhost:8080/login",
        "id": "abc-1",
    }


@pytest.mark.parametrize(("method", "told"), [("GET", False), ("HEAD", False), ("POST", True), ("DELETE", True)])
def test_a_write_is_told_that_nothing_was_written(method: str, told: bool) -> None:
    detail = json.loads(problem_document(EXPIRED, 401, None, "a", method))["detail"]
    assert detail.endswith(" Nothing was written: the request did not reach the application.") is told


def test_members_without_a_value_are_null() -> None:
    document = json.loads(problem_document(Verdict(Kind.LOGIN, "no_credential"), 401, None, "a"))
    assert [document[name] for name in ("clock", "limit", "elapsed", "login_url")] == [None] * 4


def test_no_error_code_when_nothing_was_presented() -> None:
    assert challenge(Verdict(Kind.LOGIN, "no_credential")) == 'Bearer realm="nightlatch"'


@pytest.mark.parametrize(
    "verdict",
    [
        EXPIRED,
        Verdict(Kind.REFUSED, "logout"),
        Verdict(Kind.INVALID, "signature"),
        Verdict(Kind.LOGIN, "unknown_credential"),
    ],
)
def test_a_bad_credential_is_an_invalid_token(verdict: Verdict) -> None:
    assert 'error="invalid_token"' in challenge(verdict)


def test_a_step_up_asks_for_what_is_missing() -> None:
    verdict = Verdict(Kind.STEP_UP, "acr", asks=(("max_age", "900"), ("acr_values", 'gold "2"'), ("amr", "mfa")))
    text = challenge(verdict)
    assert 'error="insufficient_user_authentication"' in text
    assert 'max_age="900"' in text
    assert 'acr_values="gold \\"2\\""' in text
    assert "amr" not in text
