import pytest
from tests.importers.imported import imported, limits, noted, settings

from nightlatch.importers.draft import ImportFailed

MODULE = settings("settings.py")


def test_saving_every_request_makes_the_age_slide() -> None:
    assert limits("SESSION_COOKIE_AGE = 60 * 60\nSESSION_SAVE_EVERY_REQUEST = True\n") == (3600, None)


def test_otherwise_it_is_a_fixed_end() -> None:
    policy, draft = imported("SESSION_COOKIE_AGE = 3600\n")
    assert limits("SESSION_COOKIE_AGE = 3600\n") == (None, 3600) and noted(draft, "last changed")
    assert limits("SESSION_COOKIE_NAME = 'x'\n") == (None, 14 * 86400) and policy.session.idle is None


def test_session_security_brings_an_idle_limit_and_passive_paths() -> None:
    policy, draft = imported(MODULE)
    assert limits(MODULE) == (900, None) and [entry.path for entry in policy.activity.passive] == ["/api/poll"]
    assert noted(draft, "a copied cookie lives")


@pytest.mark.parametrize("value", ["os.environ['X']", "int('3')", "f()"])
def test_what_is_not_written_out_is_told_and_not_run(value: str) -> None:
    with pytest.raises(ImportFailed, match="SESSION_COOKIE_AGE"):
        imported(f"SESSION_COOKIE_AGE = {value}\n")


def test_what_is_no_python_is_told() -> None:
    with pytest.raises(ImportFailed, match="no Python"):
        imported("SESSION_COOKIE_AGE = (\n")
