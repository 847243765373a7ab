from pathlib import Path

import pytest

from nightlatch.testing.control_client import ControlError
from nightlatch.testing.guard_process import GuardError, attach, start


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("127.0.0.1:9090", "expected http"),
        ("https://127.0.0.1:9090/#token", "expected http"),
        ("http://127.0.0.1:9090", "the token is missing"),
    ],
)
def test_an_address_that_cannot_be_used_says_why(address: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NIGHTLATCH_CONTROL_TOKEN", raising=False)
    with pytest.raises(GuardError, match=says):
        attach(address)


def test_the_token_may_be_in_the_environment_and_nobody_may_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTLATCH_CONTROL_TOKEN", "secret")
    with pytest.raises(ControlError, match="no control API answers"):
        attach("http://127.0.0.1:1/")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            ["--ledger", "postgresql://ada:s3cret-typed@db.example/app"],
            "--ledger is this .*--nightlatch-url",
        ),
        (["--idle", "5m", "--ledger=other.db"], "--ledger is this guard's own"),
        (["--listen", "127.0.0.1:80"], "--listen is this guard's own.*free port"),
    ],
)
def test_what_it_gives_itself_is_not_ignored_in_silence(options: list[str], says: str, tmp_path: Path) -> None:
    with pytest.raises(GuardError, match=says) as told:
        start("http://127.0.0.1:1", tmp_path, options, tmp_path)
    assert "s3cret-typed" not in str(told.value) and list(tmp_path.iterdir()) == []


def test_a_guard_that_does_not_start_is_told_of_without_its_secrets(tmp_path: Path) -> None:
    with pytest.raises(GuardError, match="--oidc-client-secret … --policy /there/is/none") as told:
        options = ["--oidc-client-secret", "s3cret-typed", "--policy", "/there/is/none"]
        start("http://127.0.0.1:1", tmp_path, options, tmp_path)
    assert "s3cret-typed" not in str(told.value)
