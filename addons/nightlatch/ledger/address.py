"""Where a ledger is: the path of a file, or the URL of a PostgreSQL database. Read once from what somebody typed.

A URL may hold a password, and so is never shown as it is: `str()` and `repr()` have the password replaced. Knows
nothing of databases; what is in the URL besides is for the driver.
"""

import re
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, unquote

from nightlatch.ledger.port import LedgerError

SCHEMA = "nightlatch"
"""The schema in which the tables are, where the URL names none."""

HIDDEN = "***"

_SCHEMES = ("postgresql", "postgres")
_SERVER = re.compile(rf"(?:{'|'.join(_SCHEMES)}):", re.IGNORECASE)
_SECRET = re.compile(r"((?:ssl)?password|oauth_client_secret)=([^&]*)", re.IGNORECASE)
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class ServerAddress:
    """A ledger in a PostgreSQL database."""

    __slots__ = ("_shown", "schema", "secrets", "url")

    url: Final[str]
    """As libpq takes it, its password included: never to be shown."""
    schema: Final[str]
    """The schema in which the ledger's tables are: a plain name."""
    secrets: Final[tuple[str, ...]]
    """What must not be in any message: the passwords, as they stand in the URL and as they are meant."""

    def __init__(self, text: str) -> None:
        """Read `postgresql://[USER[:PASSWORD]@][HOST[:PORT]]/DATABASE[?schema=NAME&…]`.

        Raises:
            LedgerError: it is no such URL. What is wrong is told without the URL, which may hold a password.
        """
        scheme, slashes, rest = text.partition("://")
        if scheme not in _SCHEMES or not slashes:
            raise LedgerError("The ledger's URL is to be postgresql://USER@HOST/DATABASE (see docs/postgresql.md).")
        place, _, query = rest.partition("?")
        asked = parse_qsl(query, keep_blank_values=True)
        self.schema = next((value for name, value in asked if name == "schema"), SCHEMA)
        if not _NAME.fullmatch(self.schema):
            raise LedgerError(
                f"The ledger's URL names the schema {self.schema!r}: give one of small letters, digits and underscores."
            )
        given = [(name, value) for name, value in asked if name != "schema"]
        self.url = f"{scheme}://{place}{_query(given)}"
        self._shown = f"{scheme}://{_hidden(rest)}"
        self.secrets = _secrets(rest)

    def __str__(self) -> str:
        return self._shown

    def __repr__(self) -> str:
        return f"ServerAddress({self._shown!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ServerAddress) and (self.url, self.schema) == (other.url, other.schema)

    def __hash__(self) -> int:
        return hash((self.url, self.schema))


LedgerAddress = Path | ServerAddress


def ledger_at(given: str | LedgerAddress) -> LedgerAddress:
    """Read what stands behind `--ledger`.

    Raises:
        LedgerError: a URL that cannot be one of a ledger.
    """
    if isinstance(given, ServerAddress):
        return given
    if isinstance(given, str) and is_server(given):
        return ServerAddress(given)
    return Path(given).expanduser()


def is_server(text: str) -> bool:
    """Whether `text` means a database server and no file, though it may be misspelt."""
    return _SERVER.match(text) is not None


def shown(address: LedgerAddress) -> str:
    """`address` as it may be told to anyone: a file by its whole path, a URL without its password."""
    return str(address.absolute()) if isinstance(address, Path) else str(address)


def _hidden(rest: str) -> str:
    """What follows the scheme, without passwords. One with characters that ought to have been percent-encoded is hidden
    all the same: whatever stands between the first colon and the last @."""
    who, at, where = _SECRET.sub(rf"\1={HIDDEN}", rest).rpartition("@")
    name, colon, _ = who.partition(":")
    return f"{name}{colon and f':{HIDDEN}'}{at}{where}"


def _secrets(rest: str) -> tuple[str, ...]:
    found = [value for _, value in _SECRET.findall(rest)]
    found.append(rest.rpartition("@")[0].partition(":")[2])
    return tuple(sorted({each for raw in found if raw for each in (raw, unquote(raw))}, key=len, reverse=True))


def _query(asked: list[tuple[str, str]]) -> str:
    """Percent-encoded as libpq reads it, to which a plus is a plus."""
    told = "&".join(f"{quote(name)}={quote(value, safe='/')}" for name, value in asked)
    return told and f"?{told}"
