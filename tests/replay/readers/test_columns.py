"""Which column says what: named, or guessed from the names that log formats use."""

import pytest

from nightlatch.replay.readers.columns import KNOWN, found_columns, parse_columns


def test_what_is_named_is_taken() -> None:
    assert parse_columns(" session = user , at=when,") == {"session": "user", "at": "when"}
    assert parse_columns("") == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sesion=user", "did you mean session"),
        ("session", "expected session=COLUMN"),
        ("session=", "expected session=COLUMN"),
        ("colour=x", "choose among at, method"),
        ("at=a,session=b,at=c", "--columns at=c: at is a already"),
    ],
)
def test_a_mistake_is_told_with_the_choices(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse_columns(text)


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (["time_iso8601", "request_method", "request_uri", "remote_addr"], ("at", "method", "url", "address")),
        (["ts", "request.method", "request.uri", "request.remote_ip", "status"], ("at", "method", "url", "status")),
        (["StartUTC", "RequestMethod", "RequestPath", "ClientHost"], ("at", "method", "url", "address")),
        (["c-ip", "date", "cs-method", "cs-uri-stem"], ("at", "method", "url", "address")),
    ],
)
def test_the_names_of_nginx_caddy_traefik_and_iis_are_known(present: list[str], expected: tuple[str, ...]) -> None:
    columns = found_columns({}, present)
    assert set(expected) <= set(columns)
    assert set(columns.values()) <= set(present)


def test_a_name_counts_before_a_guess_and_letter_case_does_not() -> None:
    assert found_columns({"session": "USER"}, ["Time", "User", "session"]) == {"at": "Time", "session": "User"}


def test_what_is_not_there_is_told_with_what_is() -> None:
    with pytest.raises(ValueError, match="no column 'who'; there are time, user"):
        found_columns({"session": "who"}, ["time", "user"])
    with pytest.raises(ValueError, match="no column tells the time; name one, --columns at=COLUMN, of user"):
        found_columns({}, ["user"])


def test_no_usual_name_means_two_things() -> None:
    usual = [name.lower() for names in KNOWN.values() for name in names]
    assert len(set(usual)) == len(usual)
