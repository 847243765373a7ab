import pytest

from nightlatch.core.policy import DAY, HOUR, MINUTE, SECOND
from nightlatch.importers import amounts
from nightlatch.importers.draft import ImportFailed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("168h0m0s", 7 * DAY),
        ("1m30s", 90 * SECOND),
        ("1.5h", 90 * MINUTE),
        ("300ms", SECOND),
        ("0", None),
        ("0s", None),
    ],
)
def test_go(text: str, expected: int | None) -> None:
    assert amounts.go(text, "key") == expected


@pytest.mark.parametrize("text", ["", "1", "h", "1d", "1h!", "-1h", "1h 2x"])
def test_what_go_does_not_know(text: str) -> None:
    with pytest.raises(ImportFailed, match="key: "):
        amounts.go(text, "key")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("5 minutes", 5 * MINUTE),
        ("1h30m", 90 * MINUTE),
        ("1M", 30 * DAY),
        ("1 day and 2 hours", DAY + 2 * HOUR),
        (300, 5 * MINUTE),
        ("300", 5 * MINUTE),
    ],
)
def test_authelia(value: object, expected: int) -> None:
    assert amounts.authelia(value, "key") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("30m", 30 * MINUTE),
        ("PT1H30M", 90 * MINUTE),
        ("P1D", DAY),
        ("1800", 30 * MINUTE),
        (1800, 30 * MINUTE),
        ("-1", None),
        ("0", None),
    ],
)
def test_spring(value: object, expected: int | None) -> None:
    assert amounts.spring(value, "key") == expected


def test_spring_refuses_what_is_no_duration() -> None:
    for text in ("P", "PT", "soon"):
        with pytest.raises(ImportFailed):
            amounts.spring(text, "key")


def test_seconds_are_numbers_and_nothing_else() -> None:
    assert amounts.seconds("900", "key") == 15 * MINUTE and amounts.seconds(0, "key") is None
    values: tuple[object, ...] = (True, None, [], "x", "inf", "nan")
    for value in values:
        with pytest.raises(ImportFailed):
            amounts.seconds(value, "key")
    with pytest.raises(ImportFailed, match="negative"):
        amounts.seconds(-1, "key")


def test_arithmetic_is_worked_out_and_never_run() -> None:
    assert amounts.arithmetic("60 * 60 * (12 + 12)", "key") == 86400
    for text in ("__import__('os')", "1 if 1 else 2", "2 ** 99999", "f()", "'1'", "True", "1 // 0", "("):
        with pytest.raises(ImportFailed, match="no plain arithmetic"):
            amounts.arithmetic(text, "key")


def test_more_than_ten_years_is_no_limit_at_all() -> None:
    assert amounts.seconds(3650 * 86400 + 1, "key") is None


@pytest.mark.parametrize("text", ["1e999 * 0", "1e999 - 1e999"])
def test_what_comes_to_no_number_is_told(text: str) -> None:
    with pytest.raises(ImportFailed, match="x is negative, or no number"):
        amounts.whole(amounts.arithmetic(text, "x"), "x")


def test_arithmetic_that_is_nested_too_deeply_is_told() -> None:
    with pytest.raises(ImportFailed, match="no plain arithmetic"):
        amounts.arithmetic("[" * 5_000, "x")


@pytest.mark.parametrize("read", [amounts.seconds, amounts.go, amounts.authelia, amounts.spring])
def test_a_list_that_holds_itself_a_million_times_over_is_not_written_out(read: object) -> None:
    laughs: list[object] = ["ha"]
    for _ in range(60):
        laughs = [laughs] * 10
    assert callable(read)
    with pytest.raises(ImportFailed, match="x: list of 10 is no"):
        read(laughs, "x")
