"""Reuse after an end: whose credential can still be in use, and whose cannot."""

from typing import Any

import pytest
from tests.core.detect.facts_at import a_fact, found

from nightlatch.core.events import EventType
from nightlatch.core.policy import MINUTE, SECOND


def reused(reason: str, *, elapsed: int = MINUTE, elsewhere: bool = False, source: str = "nightlatch") -> bool:
    detail: dict[str, Any] = {"reason": reason, "elapsed": elapsed, "elsewhere": elsewhere, "source": source}
    return bool(found("reuse_after_end", [a_fact(EventType.SESSION_REUSED_AFTER_END, **detail)]))


def test_after_a_logout_nobody_has_the_cookie_any_more() -> None:
    assert reused("logout")
    assert reused("logout", elapsed=10 * SECOND)
    assert not reused("logout", elapsed=10 * SECOND - 1)


@pytest.mark.parametrize("reason", ["admin", "backchannel", "policy", "reset", "rotation_reuse"])
def test_after_another_end_the_owner_goes_on_asking(reason: str) -> None:
    assert not reused(reason)
    assert reused(reason, elsewhere=True)


def test_a_script_keeps_its_token_after_a_logout() -> None:
    assert not reused("logout", source="bearer")
    assert reused("logout", source="bearer", elsewhere=True)


def test_a_session_that_ran_out_is_asked_for_by_every_laptop_that_wakes_up() -> None:
    assert not reused("expired", elsewhere=True)


def test_what_the_application_does_is_fixation() -> None:
    assert found("reuse_after_end", [a_fact(EventType.SESSION_REUSED_AFTER_END, by="application")]) == []
