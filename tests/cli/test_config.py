from pathlib import Path

import pytest
from tests.cli.bench import Bench, nightlatch

from nightlatch_cli.config import find_config, load_config
from nightlatch_cli.exits import ExitCode, Failure


def _failure(text: str, tmp_path: Path) -> Failure:
    file = tmp_path / "nightlatch.toml"
    file.write_text(text)
    with pytest.raises(Failure) as caught:
        load_config(file)
    assert caught.value.code is ExitCode.CONFIGURATION
    return caught.value


def test_it_is_found_from_below_and_the_nearest_wins(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert find_config(deep) is None or tmp_path not in (find_config(deep) or deep).parents
    (tmp_path / "nightlatch.toml").touch()
    assert find_config(deep) == tmp_path / "nightlatch.toml"
    (deep / "nightlatch.toml").touch()
    assert find_config(deep) == deep / "nightlatch.toml"


def test_underscores_are_hyphens(tmp_path: Path) -> None:
    file = tmp_path / "nightlatch.toml"
    file.write_text('dev_user = ["ada"]\nlogin-path = "/in"\n')
    assert load_config(file).values == {"dev-user": ["ada"], "login-path": "/in"}


def test_an_unknown_key_names_its_line_and_the_nearest(tmp_path: Path) -> None:
    failure = _failure('# mine\n\npolcy = "strict"\n', tmp_path)
    assert "nightlatch.toml:3: polcy: there is no such option" in failure.message
    assert failure.hint == 'did you mean "policy"?'


def test_a_table_is_no_option(tmp_path: Path) -> None:
    failure = _failure('[session]\nidle = "5m"\n', tmp_path)
    assert "nightlatch.toml:1: session: a table, where options are plain names" in failure.message


def test_wrong_syntax_names_the_place(tmp_path: Path) -> None:
    assert "nightlatch.toml:2:10: Invalid value" in _failure('policy = "a"\npolicy2 =\n', tmp_path).message
    assert "nightlatch.toml:1:1: Unterminated" in _failure('policy = "a', tmp_path).message


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for file in (tmp_path / "nowhere.toml", tmp_path):
        with pytest.raises(Failure, match=str(file)):
            load_config(file)
    (tmp_path / "latin.toml").write_bytes(b'policy = "\xe9"')
    with pytest.raises(Failure, match="not UTF-8"):
        load_config(tmp_path / "latin.toml")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("json = 1", "expected true or false"),
        ("limit = true", "expected text"),
        ('limit = ["1"]', "expected one value"),
        ("limit = 1.5", "expected text"),
        ("ledger = 1979-05-27", "expected text"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(bench: Bench, tmp_path: Path, line: str, expected: str) -> None:
    (tmp_path / "nightlatch.toml").write_text(line + "\n")
    result = nightlatch("sessions")
    assert result.exit_code == 3
    assert f"nightlatch.toml:1: {line.split()[0]}" in result.stderr and expected in result.stderr


def test_it_gives_flags_numbers_and_lists(bench: Bench, tmp_path: Path) -> None:
    bench.session(subject="ada")
    bench.session(subject="bob")
    (tmp_path / "nightlatch.toml").write_text('limit = 1\njson = true\ntype = ["policy", "session.created"]\n')
    assert nightlatch("sessions").stdout.count('"id"') == 1
    assert nightlatch("events").stdout.count('"session.created"') == 2
    (tmp_path / "nightlatch.toml").write_text('type = "session"\n')
    assert nightlatch("events").stdout.count("session.created") == 2


def test_what_other_commands_take_is_no_mistake(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "nightlatch.toml").write_text('policy = "strict"\nidentity = "cookie:sid"\npublic = ["/x/**"]\n')
    assert nightlatch("sessions").exit_code == 0


def test_paths_are_relative_to_the_file(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NIGHTLATCH_LEDGER")
    (tmp_path / "nightlatch.toml").write_text('ledger = "ledger.db"\n')
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert nightlatch("sessions").exit_code == 0


def test_the_url_of_a_ledger_is_no_path(tmp_path: Path) -> None:
    """It is read as it stands, from a file and from the environment; a message does not show the password."""
    (tmp_path / "nightlatch.toml").write_text('ledger = "postgresql://ada:s3cret@127.0.0.1:1/db"\n')
    in_file = nightlatch("--config", tmp_path / "nightlatch.toml", "sessions")
    given = nightlatch("sessions", env={"NIGHTLATCH_LEDGER": "postgresql://ada:s3cret@127.0.0.1:1/db"})
    for done in (in_file, given):
        assert done.exit_code == ExitCode.LEDGER
        assert "postgresql://ada:***@127.0.0.1:1/db cannot be reached" in done.stderr and "s3cret" not in done.output


def test_another_file_can_be_named(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "nightlatch.toml").write_text("nonsense\n")
    (tmp_path / "mine.toml").write_text("json = true\n")
    assert nightlatch("--config", tmp_path / "mine.toml", "sessions").stdout == "[]\n"
    assert nightlatch("sessions", env={"NIGHTLATCH_CONFIG": str(tmp_path / "mine.toml")}).stdout == "[]\n"
    assert nightlatch("sessions").exit_code == 3


def test_help_is_given_beside_a_broken_file(tmp_path: Path) -> None:
    (tmp_path / "nightlatch.toml").write_text("nonsense\n")
    assert nightlatch("sessions", "list", "--help").exit_code == 0


def test_a_file_that_is_nested_too_deeply_is_told(tmp_path: Path) -> None:
    (tmp_path / "nightlatch.toml").write_text("policy = " + "[" * 20_000)
    done = nightlatch("policy", "list")
    assert done.exit_code == ExitCode.CONFIGURATION
    assert "nightlatch.toml:1:1: arrays or tables nested too deeply" in done.output
