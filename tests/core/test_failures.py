"""Kind and place, and nothing of what was at hand."""

from nightlatch.core.failures import where_failed


def _read(credential: str) -> int:
    return int(credential)


def test_the_text_of_an_exception_is_not_told() -> None:
    try:
        _read("somebody's cookie")
    except ValueError as error:
        told = where_failed(error)
    assert told.startswith("ValueError at test_failures.py:")
    assert [" in _read, " in told, "test_the_text" in told, "cookie" in told] == [True, True, False]


def test_one_that_was_never_raised_has_no_place() -> None:
    assert where_failed(KeyError("somebody's cookie")) == "KeyError"
