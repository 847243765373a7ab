"""How people log in: read with care, and what no login can give is told before anything listens."""

from pathlib import Path

import pytest

from nightlatch.proxy import settings_login
from nightlatch.proxy.options import OPTIONS
from nightlatch.proxy.settings import Settings, read_settings
from nightlatch.proxy.settings_login import Login, OidcSettings, parse_login, parse_second_factor
from nightlatch.proxy.settings_values import SettingsInvalid

DEFAULTS = {option.name: option.default for option in OPTIONS}
ISSUER = "https://id.example/realms/main"


def settings(**changes: str) -> Settings:
    return read_settings({**DEFAULTS, "login": f"oidc:{ISSUER}", "oidc_client_id": "guard", **changes})


def test_a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse_login(f"oidc:{ISSUER}") == Login("oidc", issuer=ISSUER)
    assert settings().oidc == OidcSettings(ISSUER, "guard")
    assert settings(oidc_client_secret="s", oidc_scope="groups email").oidc == OidcSettings(
        ISSUER, "guard", "s", "openid groups email"
    )
    monkeypatch.setenv("NIGHTLATCH_OIDC_CLIENT_SECRET", "from the environment")
    found = settings().oidc
    assert found is not None and found.client_secret == "from the environment"
    assert read_settings(DEFAULTS).oidc is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"login": "oidc"}, "needs the issuer's URL"),
        ({"login": "oidc:id.example"}, "expected an https URL"),
        ({"login": "oidc:http://id.example"}, "expected an https URL"),
        ({"login": "oidc:https://me:secret@id.example"}, "password"),
        ({"oidc_client_id": ""}, "--oidc-client-id"),
        ({"identity": "cookie:sid"}, "goes with --identity nightlatch"),
        ({"oidc_silent": "alow"}, "did you mean `allow`"),
        ({"oidc_prompt": "logon"}, "did you mean `login`"),
        ({"dev_second_factor": "a b"}, "such as 000000"),
    ],
)
def test_what_is_missing_is_told(changes: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsInvalid, match=told):
        settings(**changes)


def test_without_the_extra_it_is_told_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_login, "find_spec", lambda _: None)
    with pytest.raises(SettingsInvalid, match=r"pip install 'nightlatch\[oidc\]'"):
        settings()


def test_codes() -> None:
    assert (parse_second_factor(""), parse_second_factor("000000")) == ("", "000000")


def policy(folder: Path, demand: str) -> str:
    file = folder / "p.toml"
    file.write_text(f'[[rule]]\nname = "pay"\nmatch = {{ path = "/pay" }}\nrequire = {{ {demand} }}\n')
    return str(file)


def test_a_second_factor_can_be_demanded_where_there_is_one(tmp_path: Path) -> None:
    demand = policy(tmp_path, 'amr = ["mfa"]')
    with pytest.raises(SettingsInvalid, match="--dev-second-factor 000000"):
        read_settings({**DEFAULTS, "policy": demand})
    assert read_settings({**DEFAULTS, "policy": demand, "dev_second_factor": "000000"}).dev_second_factor == "000000"


@pytest.mark.parametrize("demand", ['amr = ["hwk"]', 'acr = ["gold"]'])
def test_a_provider_may_give_what_the_dev_login_cannot(tmp_path: Path, demand: str) -> None:
    found = policy(tmp_path, demand)
    with pytest.raises(SettingsInvalid, match="no login of --identity nightlatch --login dev can give"):
        read_settings({**DEFAULTS, "policy": found, "dev_second_factor": "1"})
    assert settings(policy=found).oidc is not None
