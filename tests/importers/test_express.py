import pytest
from tests.importers.imported import imported, limits, noted, settings

from nightlatch.importers.draft import ImportFailed

APP = settings("app.js")


def test_rolling_makes_the_age_an_idle_limit() -> None:
    assert limits(APP) == (1800, None)


def test_without_rolling_it_is_a_fixed_end_in_the_browser_only() -> None:
    text = APP.replace("rolling: true", "rolling: false")
    assert limits(text) == (None, 1800) and noted(imported(text)[1], "a copied cookie lives on")


@pytest.mark.parametrize("age", ["", "maxAge: null", "maxAge: undefined"])
def test_without_an_age_there_is_no_limit(age: str) -> None:
    text = f"require('express-session'); session({{ rolling: true, cookie: {{ {age} }} }})"
    assert limits(text) == (None, None) and noted(imported(text)[1], "ends with the browser")


def test_an_age_from_elsewhere_is_told() -> None:
    with pytest.raises(ImportFailed, match=r"cookie\.maxAge"):
        imported("session({ cookie: { maxAge: config.age } }) // express-session")


def test_addresses_are_no_comments() -> None:
    assert limits('const u = "https://x"; session({ rolling: true, cookie: { maxAge: 60000 } })') == (60, None)
