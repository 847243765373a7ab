import pytest
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st
from tests.importers.imported import SETTINGS, imported, settings

from nightlatch.importers.draft import ImportFailed
from nightlatch.importers.systems import SYSTEMS, import_settings

OF = {
    "app.js": "express-session",
    "application.properties": "Spring",
    "application.yml": "Spring",
    "authelia.yml": "Authelia",
    "keycloak.json": "Keycloak",
    "mod_auth_openidc.conf": "mod_auth_openidc",
    "oauth2-proxy.cfg": "oauth2-proxy",
    "pomerium.yaml": "Pomerium",
    "resty.lua": "lua-resty-session",
    "settings.py": "Django",
}


def test_every_system_has_a_file_to_try_it_on() -> None:
    assert {path.name for path in SETTINGS.iterdir()} == set(OF) and len(set(OF.values())) == len(SYSTEMS)


@pytest.mark.parametrize(("file", "system"), OF.items())
def test_whose_settings_they_are_is_found_out(file: str, system: str) -> None:
    policy, draft = imported("\ufeff" + settings(file).replace("\n", "\r\n"))
    assert draft.system == system and policy.name == "imported"


def test_what_nobody_knows_is_asked_about() -> None:
    with pytest.raises(ImportFailed, match="--from: keycloak"):
        import_settings("hello")


@pytest.mark.parametrize("system", SYSTEMS)
@tries(max_examples=30)
@given(text=st.one_of(st.text(max_size=200), st.sampled_from([settings(file) for file in OF])))
def test_any_text_is_read_or_refused(system: str, text: str) -> None:
    try:
        imported(text, system)
    except ImportFailed as failed:
        assert str(failed)
