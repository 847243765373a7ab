from importlib.metadata import version

from nightlatch_cli.versions import version_of


def test_a_version_is_what_the_installer_wrote_down() -> None:
    assert version_of("typer") == version("typer")
    assert version_of("no-such-package-anywhere") == "(not installed)"
