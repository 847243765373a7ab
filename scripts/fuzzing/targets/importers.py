"""Settings of nine other systems: a policy that can come into force, or a sentence that says why not."""

from collections.abc import Callable
from pathlib import Path

from scripts.fuzzing.target import Target, Targets, holds

from nightlatch.core.policy_toml import read_policy
from nightlatch.importers.draft import ImportFailed, render
from nightlatch.importers.systems import SYSTEMS, import_settings

_SETTINGS = Path(__file__).parents[3] / "tests" / "importers" / "settings"


def _imported(system: str | None) -> Callable[[bytes], None]:
    def run(content: bytes) -> None:
        try:
            draft = import_settings(content.decode("utf-8", "replace"), system)
        except ImportFailed as failed:
            holds(len(str(failed)) > 10, f"no reason: {failed}")
            return
        read_policy(render(draft, "fuzzed"), name="fuzzed")

    return run


_FILES = {file.name: file.read_bytes() for file in sorted(_SETTINGS.iterdir())}
_OF = {
    **{"express": "app.js", "keycloak": "keycloak.json", "authelia": "authelia.yml", "pomerium": "pomerium.yaml"},
    **{"mod_auth_openidc": "mod_auth_openidc.conf", "oauth2-proxy": "oauth2-proxy.cfg", "django": "settings.py"},
    **{"lua-resty-session": "resty.lua", "spring": "application.yml"},
}
_WORDS = (
    *(
        b": ",
        b" = ",
        b"\n",
        b"- ",
        b"1h30m",
        b"-1",
        b"1e9",
        b"60 * 60",
        b"true",
        b"null",
        b"[",
        b"{",
        b"&a",
        b"*a",
        b"!!float",
    ),
    *(
        b"'",
        b'"',
        b"#",
        b"9" * 20,
        b"<<: ",
        b"? ",
        b"|",
        b">",
        b"%",
        b"^/a$",
        b"// 0",
        b"** 9",
        b".inf",
        b"0x10",
        b"2026-01-01",
    ),
)
TARGETS: Targets = {
    system: Target(
        _imported(system),
        tuple(
            _FILES[name]
            for name in _FILES
            if name == _OF[system] or (system == "spring" and name == "application.properties")
        ),
        _WORDS,
        0.15,
    )
    for system in SYSTEMS
} | {"any": Target(_imported(None), tuple(_FILES.values()), _WORDS, 0.15)}
