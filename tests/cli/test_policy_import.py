import json
import tomllib
from pathlib import Path

import pytest
from tests.cli.bench import nightlatch
from tests.importers.imported import SETTINGS


def test_the_policy_is_on_stdout_and_what_differs_on_stderr(tmp_path: Path) -> None:
    result = nightlatch("policy", "import", SETTINGS / "oauth2-proxy.cfg", "--name", "ours")
    assert result.exit_code == 0 and tomllib.loads(result.stdout)["policy"]["name"] == "ours"
    assert "note: cookie_expire is no maximum" in result.stderr
    file = tmp_path / "ours.toml"
    file.write_text(result.stdout)
    assert nightlatch("policy", "check", file).exit_code == 0


def test_as_json() -> None:
    document = json.loads(nightlatch("policy", "import", SETTINGS / "keycloak.json", "--json").stdout)
    assert document["system"] == "Keycloak" and document["notes"] and "[session]" in document["text"]


def test_a_settings_module_is_never_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    (tmp_path / "settings.py").write_text(f"open({str(marker)!r}, 'w')\nSESSION_COOKIE_AGE = 60\n")
    assert nightlatch("policy", "import", tmp_path / "settings.py").exit_code == 0 and not marker.exists()


@pytest.mark.parametrize(
    ("content", "arguments", "code", "words"),
    [
        (b"hello", (), 4, "--from"),
        (b"\xff\xfe", (), 4, "not UTF-8"),
        (b"hello", ("--from", "apache"), 2, "mod_auth_openidc"),
        (b"session: [", ("--from", "authelia"), 4, "no YAML"),
    ],
)
def test_what_cannot_be_imported_is_told(
    tmp_path: Path, content: bytes, arguments: tuple[str, ...], code: int, words: str
) -> None:
    file = tmp_path / "settings"
    file.write_bytes(content)
    result = nightlatch("policy", "import", file, *arguments)
    assert result.exit_code == code and words in result.stderr and result.stdout == ""


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    assert nightlatch("policy", "import", tmp_path).exit_code == 4
    assert nightlatch("policy", "import", tmp_path / "nothing").exit_code == 4
