"""How values go to the server and come back, so that both ledgers hold the same: integers of 64 bits, text without NUL
(which PostgreSQL knows no way to store), JSON as the text that it is. Knows the driver, no table."""

from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format
from psycopg.types.numeric import Int8BinaryDumper
from psycopg.types.string import StrBinaryDumper

NUL, TOLD = "\0", "\\x00"


class _Text(StrBinaryDumper):
    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace(NUL, TOLD) if NUL in obj else obj)


class _Json(Loader):
    """Read as text: what is in it is for `rows` to know."""

    format = Format.BINARY

    def load(self, found: Buffer) -> str:
        return bytes(found).decode()


def adapt(context: AdaptContext) -> None:
    """Make a connection speak so. Every integer is of one width, since a prepared statement is one by the types of its
    values, too."""
    adapters = context.adapters
    if adapters is not None:
        adapters.register_dumper(int, Int8BinaryDumper)
        adapters.register_dumper(str, _Text)
        adapters.register_loader("json", _Json)
