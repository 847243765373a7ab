"""Access logs in the Common and the Combined Log Format of Apache and nginx, with or without a virtual host before and
further fields behind.

Fields have the names of `columns.KNOWN`; besides `ident`, `user`, `referer` and, for those behind, `extra1`, `extra2` …
or, where one reads `rt=0.012`, its own name. `--columns session=user` makes a session of each.
"""

import re
from collections.abc import Iterator

from nightlatch.replay.exchange import Capture, CaptureUnreadable, Skipped, Unfit
from nightlatch.replay.readers.columns import Columns, found_columns
from nightlatch.replay.readers.rows import RowReader
from nightlatch.replay.readers.views import Views

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
LINE = re.compile(
    rf"(?:(\S+) )?(\S+) (\S+) (\S+) \[([^\]]{{11,40}})\] {_QUOTED} (\d{{3}}|-) (\d+|-)"
    rf"(?: {_QUOTED})?(?: {_QUOTED})?((?: .*)?)"
)
_EXTRA = re.compile(rf"{_QUOTED}|(?:([\w.-]+)=)?(?:{_QUOTED}|(\S+))")
NAMES = ("vhost", "address", "ident", "user", "at", "request", "status", "bytes", "referer", "agent")
_ESCAPE = re.compile(r'\\(x[0-9A-Fa-f]{2}|["\\])')
_LOOKED_AT = 20


def is_access_log(head: bytes) -> bool:
    """Whether one of the first lines is of such a log."""
    lines = head.decode("utf-8", "replace").splitlines()[:_LOOKED_AT]
    return any(LINE.fullmatch(line.rstrip()) for line in lines)


def read_access_log(file: str, content: bytes, views: Views, named: Columns) -> Capture:
    """The requests of an access log.

    Raises:
        CaptureUnreadable: `named` names a field that it has not.
    """
    reader, skipped, exchanges = RowReader(file, views), list[Skipped](), []
    columns: Columns | None = None
    for number, line in _lines(content):
        fields = parsed(line)
        try:
            if fields is None:
                raise Unfit("no line of an access log")
            columns = columns or _columns(file, named, fields)
            row = {name: fields[column] for name, column in columns.items() if column in fields}
            exchanges.append(reader.exchange(number - 1, row))
        except Unfit as reason:
            skipped.append(Skipped(f"line {number}", str(reason)))
    return Capture(file, exchanges, skipped)


def _columns(file: str, named: Columns, fields: dict[str, str]) -> Columns:
    try:
        return found_columns(named, dict.fromkeys((*NAMES, *fields)))
    except ValueError as reason:
        raise CaptureUnreadable(f"{file}: {reason}") from None


def _lines(content: bytes) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            yield number, line.decode("utf-8", "replace").rstrip()


def parsed(line: str) -> dict[str, str] | None:
    """The fields of a line; None for a line of something else."""
    found = LINE.fullmatch(line)
    if found is None:
        return None
    fields = {name: _unescaped(value) for name, value in zip(NAMES, found.groups(), strict=False) if value is not None}
    for number, extra in enumerate(_EXTRA.finditer(found[11]), 1):
        name = extra[2] or f"extra{number}"
        fields.setdefault(name, _unescaped(next(filter(None, (extra[1], extra[3], extra[4])), "")))
    return fields


def _unescaped(value: str) -> str:
    if "\\" not in value:
        return value
    return _ESCAPE.sub(lambda found: chr(int(found[1][1:], 16)) if found[1][0] == "x" else found[1], value)
