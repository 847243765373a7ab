"""Every reason for which a login fails has a sentence of its own, and none repeats what was sent."""

from nightlatch.core import freshness
from nightlatch.core.login_wording import SILENT, login_sentence


def test_a_reason_has_its_sentence() -> None:
    assert login_sentence("foreign_state") == "This login was begun in another browser."
    assert "without asking" in login_sentence(freshness.STALE)
    assert login_sentence("<b>") == "The login did not succeed."


def test_a_bounce_is_silent_and_a_wrong_clock_is_not() -> None:
    assert freshness.FUTURE not in SILENT
    assert all(login_sentence(reason).startswith("You were to prove anew") for reason in SILENT)
