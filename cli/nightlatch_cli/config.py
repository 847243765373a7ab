"""`nightlatch.toml`: options that need not be typed again. Flat, and with the names of the options.

    policy = "strict"
    identity = "cookie:sid"
    public = ["/assets/**"]

Knows what options are called, not what they mean. Paths in it are relative to the folder in which it lies.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from nightlatch_cli.exits import ExitCode, fail

FILE_NAME = "nightlatch.toml"

_NAMES = """
    adopt after-expiry against alert-notify alert-webhook alert-webhook-secret alerts allow-origin allow-reissue
    asn-file audit-file audit-format audit-syslog bulk checkpoint clear-site-data columns control decisions
    detector dev-second-factor dev-user done dry-run exit-code fail-on follow format from group header host
    identity json jsonl jwks jwt-algorithms jwt-audience jwt-issuer jwt-key-file jwt-signer keep keep-sessions
    key ledger limit listen login login-path name no-assertion no-session-header no-store notice oidc-client-id
    oidc-client-secret oidc-groups-claim oidc-prompt oidc-scope oidc-silent oidc-subject-claim origin otel
    policy public public-key ready-file reason record remember report respond-as return-parameter session
    session-claim session-key signals-audience signals-issuer signals-key-file signals-token signals-url
    simulate-network since site speed standard state sweep to tour trust trusted-forwarder type upstream-logout
    user vacuum warp when without writes
"""
OPTION_NAMES = frozenset(_NAMES.split())
"""Every option of every command (a test compares), so that a misspelt key is found without loading them all."""

_PATHS = frozenset({"record", "jwt-key-file", "ledger"})
_PATH_OR_WORD = frozenset({"policy", "against", "jwks"})
"""Options that take a path or something else: a path where there is such a file."""

_PLACE = re.compile(r"(.*) \(at line (\d+), column (\d+)\)")


class Config(NamedTuple):
    """What is in the file; empty when there is none."""

    file: Path = Path()
    values: Mapping[str, Any] = {}
    """By long option name, with hyphens."""
    text: str = ""

    def place(self, key: str) -> str:
        """`FILE:LINE: KEY`."""
        return f"{self.file}:{_line_of(self.text, key)}: {key}"

    def defaults(self, params: Iterable[Any]) -> dict[str, Any]:
        """The values for the options `params` of one command, by parameter name."""
        return {param.name: self._value(long_name(param), param) for param in params if long_name(param) in self.values}

    def _value(self, key: str, param: Any) -> Any:
        value = self.values[key]
        if param.is_flag:
            return value if isinstance(value, bool) else self._wrong(key, "true or false")
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(each, str | int) and not isinstance(each, bool) for each in values):
            self._wrong(key, "text" + (", or an array of texts" if param.multiple else ""))
        if isinstance(value, list) and not param.multiple:
            self._wrong(key, "one value, not an array")
        found = [self._from_here(key, str(each), param) for each in values]
        return found if param.multiple else found[0]

    def _from_here(self, key: str, value: str, param: Any) -> str:
        """A relative path means the folder of the file, from wherever the command is given."""
        path = self.file.parent / value
        is_path = param.type_descriptor.is_path or key in _PATHS or (key in _PATH_OR_WORD and path.is_file())
        return self.from_here(value) if is_path else value

    def from_here(self, value: str) -> str:
        """A path of the file; a URL (of a ledger) is no path."""
        from nightlatch.ledger.address import is_server

        return value if is_server(value) else str(self.file.parent / value)

    def _wrong(self, key: str, expected: str) -> NoReturn:
        from nightlatch.core.secret_options import PERHAPS_SECRET

        found = f"found {self.values[key]!r}; " if key not in PERHAPS_SECRET else ""
        fail(ExitCode.CONFIGURATION, f"{self.place(key)}: {found}expected {expected}")


def long_name(param: Any) -> str:
    """What an option is called in the file and, in capitals, in the environment: `dev-user`."""
    return str(max(param.opts, key=len)).lstrip("-")


def load_config(given: Path | None) -> Config:
    """The file that `--config` names, else the nearest `nightlatch.toml` from the working directory upward.

    Raises:
        Failure: it cannot be read, is not TOML, or has a key that is no option (exit code 3).
    """
    file = given or find_config(Path.cwd())
    if file is None:
        return Config()
    try:
        text = file.read_text(encoding="utf-8")
        values = {key.replace("_", "-"): value for key, value in tomllib.loads(text).items()}
    except OSError as error:
        fail(ExitCode.CONFIGURATION, f"{file}: {error.strerror}")
    except UnicodeDecodeError as error:
        fail(ExitCode.CONFIGURATION, f"{file}: not UTF-8 (byte {error.start})")
    except tomllib.TOMLDecodeError as error:
        _syntax(file, str(error))
    except RecursionError:
        _syntax(file, "arrays or tables nested too deeply")
    config = Config(file, values, text)
    _check_names(config)
    return config


def find_config(folder: Path) -> Path | None:
    """The nearest `nightlatch.toml` in `folder` or above it."""
    return next((file for above in (folder, *folder.parents) if (file := above / FILE_NAME).is_file()), None)


def _check_names(config: Config) -> None:
    from difflib import get_close_matches

    for key, value in config.values.items():
        if isinstance(value, dict):
            fail(ExitCode.CONFIGURATION, f"{config.place(key)}: a table, where options are plain names with values")
        if key not in OPTION_NAMES:
            near = get_close_matches(key, OPTION_NAMES, 1)
            hint = (
                f'did you mean "{near[0]}"?'
                if near
                else "the names are those of the options, see `nightlatch run --help`"
            )
            fail(ExitCode.CONFIGURATION, f"{config.place(key)}: there is no such option", hint)


def _syntax(file: Path, message: str) -> NoReturn:
    found = _PLACE.fullmatch(message)
    what, line, column = found.groups() if found else (message, "1", "1")
    fail(ExitCode.CONFIGURATION, f"{file}:{line}:{column}: {what}")


def _line_of(text: str, key: str) -> int:
    from nightlatch.core.toml_places import places

    lines = (spot.key.line for path, spot in places(text).items() if str(path[0]).replace("_", "-") == key)
    return next(lines, 1)
