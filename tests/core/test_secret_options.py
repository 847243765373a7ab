"""A command line is shown without what opens something."""

from nightlatch.core.secret_options import SECRET_OPTIONS, hidden


def test_values_are_left_out_in_both_spellings() -> None:
    given = ["run", "http://h", "--oidc-client-secret", "s3cret", "--signals-token=s3cret", "--policy", "strict"]
    shown = ["run", "http://h", "--oidc-client-secret", "…", "--signals-token=…", "--policy", "strict"]
    assert hidden(given) == shown
    assert all(hidden([f"--{name}", "s3cret"]) == [f"--{name}", "…"] for name in SECRET_OPTIONS)


def test_of_a_ledgers_url_nothing_is_shown_but_that_it_is_one() -> None:
    given = ["--ledger", "postgresql://ada:a/s3cret@h/db", "--ledger=postgres://ada:s3cret@h/db", "--ledger", "l.db"]
    assert hidden(given) == ["--ledger", "postgresql:…", "--ledger=postgres:…", "--ledger", "l.db"]


def test_a_last_option_without_a_value_is_left_as_it_is() -> None:
    assert hidden(["--oidc-client-secret"]) == ["--oidc-client-secret"]
    assert hidden([]) == []
