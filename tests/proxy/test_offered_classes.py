"""A class that the provider never gives stops the start; one that cannot be asked does not."""

from pathlib import Path

import pytest
from tests.providers.own_provider import CLIENT, OwnProvider
from tests.proxy.at_provider import POLICY

from nightlatch.proxy.offered_classes import refuse_unoffered
from nightlatch.proxy.options import OPTIONS
from nightlatch.proxy.settings import Settings, read_settings
from nightlatch.proxy.settings_values import SettingsInvalid
from nightlatch.proxy.start import CannotStart, prepare


def options(provider: OwnProvider, folder: Path, policy: str = POLICY) -> dict[str, str]:
    (folder / "p.toml").write_text(policy)
    usual = {option.name: option.default for option in OPTIONS}
    about = {"policy": str(folder / "p.toml"), "login": f"oidc:{provider.issuer}", "oidc_client_id": CLIENT}
    return {**usual, **about, "ledger": str(folder / "l.db")}


def settings(provider: OwnProvider, folder: Path, policy: str = POLICY) -> Settings:
    return read_settings(options(provider, folder, policy))


def test_what_is_not_offered_stops_the_start(provider: OwnProvider, tmp_path: Path) -> None:
    provider.metadata["acr_values_supported"] = ["silver", "0"]
    with pytest.raises(SettingsInvalid, match=r"rule `vault` requires acr gold.* it offers silver, 0"):
        refuse_unoffered(settings(provider, tmp_path))
    with pytest.raises(CannotStart, match="rule `vault`"):
        prepare("http://127.0.0.1:1", ("127.0.0.1", 0), options(provider, tmp_path))


@pytest.mark.parametrize("offered", [["silver", "gold"], None])
def test_what_is_offered_or_not_told_of_does_not(provider: OwnProvider, tmp_path: Path, offered: object) -> None:
    provider.metadata["acr_values_supported"] = offered
    refuse_unoffered(settings(provider, tmp_path))


def test_a_provider_that_is_down_does_not(
    provider: OwnProvider, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    provider.down.add("/.well-known/openid-configuration")
    refuse_unoffered(settings(provider, tmp_path))
    assert "is not known" in caplog.text


def test_nobody_is_asked_where_nothing_is_demanded(tmp_path: Path, provider: OwnProvider) -> None:
    provider.metadata["acr_values_supported"] = []
    refuse_unoffered(settings(provider, tmp_path, "[session]\n"))
