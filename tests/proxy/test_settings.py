"""Options become settings, or an error that names the option and the remedy."""

from pathlib import Path

import pytest

from nightlatch.proxy.options import OPTIONS
from nightlatch.proxy.settings import read_settings
from nightlatch.proxy.settings_login import DevUser, Login, parse_dev_user, parse_login
from nightlatch.proxy.settings_values import SettingsInvalid

DEFAULTS = {option.name: option.default for option in OPTIONS}


def test_the_defaults_are_a_guard_with_a_dev_login() -> None:
    settings = read_settings(DEFAULTS)
    assert settings.policy.name == "default"
    assert settings.login == Login("dev")
    assert settings.verifier is None


@pytest.mark.parametrize(
    ("identity", "login"), [("nightlatch", "dev"), ("cookie:sid", "self"), ("cookie:sid*", "self")]
)
def test_the_login_goes_with_the_identity(identity: str, login: str) -> None:
    assert read_settings({**DEFAULTS, "identity": identity}).login.kind == login


def test_the_login_page_of_a_redirect_is_public_and_a_login_path() -> None:
    settings = read_settings({**DEFAULTS, "identity": "cookie:sid", "login": "redirect:/login?x=1"})
    assert settings.policy.public == ("/login",)
    assert settings.login_paths == ("/login",)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"policy": "strct"}, "strict"),
        ({"identity": "cokie:sid"}, "cookie"),
        ({"login": "redirct:/x"}, "redirect"),
        ({"login": "redirect:"}, "redirect:/login"),
        ({"login": "redirect://evil"}, "redirect:/login"),
        (
            {"login": "redirect:https://ada:s3cret@sso.example/in"},
            r"`redirect:https://…@sso\.example/in` .*before the @",
        ),
        ({"login": "redirect:https://ada@sso.example"}, "before the @"),
        ({"login": "redirect:https://[sso.example"}, "is no URL"),
        ({"login": "oidc:https://issuer"}, "--oidc-client-id"),
        ({"login": "dev:x"}, "takes no value"),
        ({"adopt": "always"}, "until-issued"),
        ({"allow_reissue": "yes"}, "on"),
        ({"dev_user": ":admins"}, "NAME"),
        ({"identity": "bearer"}, "--jwt-audience"),
        ({"identity": "bearer", "jwt_audience": "app"}, "--jwt-key-file"),
        ({"identity": "bearer", "jwt_audience": "app", "jwt_key_file": "/nonexistent"}, "/nonexistent"),
        ({"identity": "bearer", "jwt_audience": "app", "jwt_key_file": "a", "jwks": "b"}, "not both"),
    ],
)
def test_a_bad_value_is_refused_with_the_remedy(changes: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsInvalid, match="(?s).*" + told) as refused:
        read_settings({**DEFAULTS, **changes})
    assert "s3cret" not in str(refused.value)


def test_dev_users_have_groups() -> None:
    assert parse_dev_user("bob:admins,ops") == DevUser("bob", ("admins", "ops"))
    assert str(parse_dev_user("bob:admins,ops")) == "bob:admins,ops"
    assert str(parse_dev_user("alice")) == "alice"
    with pytest.raises(SettingsInvalid):
        parse_dev_user("two words")


def test_logins_are_read() -> None:
    assert parse_login("none") == Login("none")
    for url in ("https://login.example/x", "https://login.example/@app?for=ada@here", "/in?for=//ada@here"):
        assert parse_login(f"redirect:{url}") == Login("redirect", url)


@pytest.mark.parametrize("demand", ['amr = ["mfa"]', 'acr = ["gold"]'])
def test_a_demand_that_no_login_can_meet_stops_the_start(tmp_path: Path, demand: str) -> None:
    policy = tmp_path / "p.toml"
    policy.write_text(f'[[rule]]\nname = "pay"\nmatch = {{ path = "/pay" }}\nrequire = {{ {demand} }}\n')
    for identity in ("nightlatch", "cookie:sid"):
        with pytest.raises(SettingsInvalid, match=r"rule `pay` requires a.r (mfa|gold), which no login"):
            read_settings({**DEFAULTS, "policy": str(policy), "identity": identity})


def test_what_the_dev_login_gives_may_be_demanded(tmp_path: Path) -> None:
    policy = tmp_path / "p.toml"
    policy.write_text('[[rule]]\nname = "pay"\nmatch = { path = "/pay" }\nrequire = { amr = ["dev"] }\n')
    assert read_settings({**DEFAULTS, "policy": str(policy)}).policy.rules[0].name == "pay"
