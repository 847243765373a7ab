"""Whoever puts a secret on a command line is told; who gives it otherwise is not."""

from pathlib import Path

import pytest
from tests.e2e import processes

from nightlatch.core.secret_options import SECRET_OPTIONS
from nightlatch.proxy.options import OPTIONS
from nightlatch_cli.exposed_options import warning

WRONG = "--policy=/there/is/none"
"""So that the guard ends at once."""


def test_every_option_whose_name_says_secret_or_token_is_one() -> None:
    named = {option.name.replace("_", "-") for option in OPTIONS}
    assert named >= SECRET_OPTIONS
    assert {name for name in named if name.endswith(("secret", "token", "password"))} <= SECRET_OPTIONS


def test_what_is_typed_is_warned_of(tmp_path: Path) -> None:
    done = processes.nightlatch(
        *("run", "http://127.0.0.1:1", WRONG, "--oidc-client-secret", "s3cret-typed", "--signals-token=s3cret-typed"),
        directory=tmp_path,
    )
    assert "can read the value of --oidc-client-secret and --signals-token in the list of processes" in done.err
    assert "NIGHTLATCH_OIDC_CLIENT_SECRET and NIGHTLATCH_SIGNALS_TOKEN" in done.err
    assert "s3cret-typed" not in done.err + done.out


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://ada:s3cret-typed@127.0.0.1:1/db", True),
        ("postgresql://ada@127.0.0.1:1/db?password=s3cret-typed", True),
        ("postgresql://ada@127.0.0.1:1/db", False),
        ("ledger.db", False),
    ],
)
def test_so_is_the_password_of_a_ledgers_server(tmp_path: Path, url: str, told: bool) -> None:
    done = processes.nightlatch("run", "http://127.0.0.1:1", WRONG, "--ledger", url, directory=tmp_path)
    assert ("can read the value of --ledger in the list of processes" in done.err) is told
    assert "s3cret-typed" not in done.err + done.out


def test_what_is_in_a_file_is_not(tmp_path: Path) -> None:
    (tmp_path / "nightlatch.toml").write_text('oidc-client-secret = "s3cret"\ndev-second-factor = "000000"\n')
    done = processes.nightlatch("run", "http://127.0.0.1:1", WRONG, directory=tmp_path)
    assert (done.code, "list of processes" in done.err) == (3, False)


@pytest.mark.parametrize("value", ['["s3cret"]', "true", "1.5"])
def test_a_wrong_value_in_a_file_is_not_repeated(tmp_path: Path, value: str) -> None:
    (tmp_path / "nightlatch.toml").write_text(f"oidc-client-secret = {value}\n")
    done = processes.nightlatch("run", "http://127.0.0.1:1", directory=tmp_path)
    assert (done.code, "s3cret" in done.err) == (3, False)
    assert "oidc-client-secret: expected" in done.err


def test_of_none_nothing_is_said() -> None:
    assert warning([]) == ""
