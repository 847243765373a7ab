from pathlib import Path

import pytest

from nightlatch_cli.checks import Health, check_certificate, check_installation, check_mitmproxy


@pytest.mark.parametrize(
    ("version", "health"),
    [
        ("11.0.2", Health.OK),
        ("12.2.3", Health.OK),
        ("10.4.2", Health.WARN),
        ("13.0.0", Health.WARN),
        ("(not installed)", Health.FAIL),
    ],
)
def test_mitmproxy_is_one_that_is_tested(version: str, health: Health) -> None:
    assert check_mitmproxy(version).health is health


def test_a_certificate_is_not_needed_but_told(tmp_path: Path) -> None:
    assert "none yet" in check_certificate(tmp_path / "ca.pem").message
    (tmp_path / "ca.pem").touch()
    assert check_certificate(tmp_path / "ca.pem").message == str(tmp_path / "ca.pem")


def test_this_installation_is_in_order() -> None:
    checks = list(check_installation())
    assert {check.name for check in checks} == {"nightlatch", "python", "mitmproxy", "sqlite", "certificate"}
    assert all(check.health is Health.OK for check in checks)
