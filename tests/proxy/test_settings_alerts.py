"""What a guard is told about alerts: every mistake names the option and the remedy."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from tests.identity.minting import private_key

from nightlatch.core.policy import AlertRule, Policy
from nightlatch.proxy.options import OPTIONS
from nightlatch.proxy.settings_alerts import AlertSettings, AlertsInvalid, read_alert_settings

STEP_UP = Policy("p", "v", alerts={"idle_flare": AlertRule("step_up"), "agent_change": AlertRule("alert")})


def read(login: str = "dev", policy: Policy = Policy("p", "v"), **given: str) -> AlertSettings:  # noqa: B008 (a value)
    return read_alert_settings({option.name: option.default for option in OPTIONS} | given, policy, login)


def test_by_default_nobody_is_told_but_the_log() -> None:
    assert read() == AlertSettings()


def test_receivers(tmp_path: Path) -> None:
    pem = private_key("RS256", 0).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "key.pem").write_bytes(pem)
    settings = read(
        alert_webhook="https://a.example/x http://localhost:9/y",
        alert_webhook_secret="x" * 16,
        alert_notify="json://127.0.0.1/z",
        signals_url="https://b.example/",
        signals_key_file=str(tmp_path / "key.pem"),
        signals_issuer="https://i",
        signals_audience="https://a",
    )
    kinds = [channel.name.partition(":")[0] for channel in settings.channels]
    assert kinds == ["webhook", "webhook", "notify", "signals"]
    assert len({channel.name for channel in settings.channels}) == 4


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"alert_webhook": "ftp://a"}, "--alert-webhook ftp://a: expected an http"),
        ({"alert_webhook": "http://hooks.example/x"}, "by https only"),
        ({"alert_webhook_secret": "short"}, "--alert-webhook-secret: a secret needs"),
        ({"alert_notify": "slakc://x"}, "knows no service"),
        ({"signals_url": "https://b"}, "--signals-key-file and --signals-issuer and --signals-audience"),
        (
            {
                "signals_url": "https://b",
                "signals_key_file": "/nowhere",
                "signals_issuer": "i",
                "signals_audience": "a",
            },
            "--signals-key-file /nowhere",
        ),
        ({"asn_file": "/nowhere.mmdb"}, "--asn-file /nowhere.mmdb"),
        ({"simulate_network": "maybe"}, "simulate_network `maybe`"),
    ],
)
def test_mistakes(given: dict[str, str], complaint: str) -> None:
    with pytest.raises(AlertsInvalid) as invalid:
        read(policy=Policy("p", "v"), **given)
    assert complaint in str(invalid.value)


def test_a_fresh_login_that_the_application_never_asks_for() -> None:
    with pytest.raises(AlertsInvalid, match="idle_flare: then"):
        read("self", STEP_UP)
    read("dev", STEP_UP)
