import pytest
from tests.importers.imported import imported, limits, noted, settings


@pytest.mark.parametrize(
    ("text", "idle"),
    [
        (settings("application.properties"), 900),
        (settings("application.yml"), 5400),
        ("server.servlet.session.timeout=600\n", 600),
        ("spring.application.name=x\n", 1800),
        ("server:\n  servlet:\n    session:\n      timeout: 2h\n", 7200),
    ],
)
def test_its_timeout_is_idle_and_nothing_is_absolute(text: str, idle: int) -> None:
    assert limits(text) == (idle, None)


def test_the_cookies_age_is_told_to_be_the_browsers() -> None:
    assert noted(imported(settings("application.properties"))[1], "the server does not hold to it")
