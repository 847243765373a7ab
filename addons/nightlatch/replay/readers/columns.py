"""Which column of a table says what: named by `--columns`, else guessed from the names that log formats use.

A name with dots leads into nested JSON: `request.headers.User-Agent`.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

KNOWN: Mapping[str, tuple[str, ...]] = {
    "at": (
        *("time", "timestamp", "@timestamp", "ts", "datetime", "time_iso8601", "time_local", "msec", "start_time"),
        *("startutc", "starttime", "started_at", "startlocal", "date"),
    ),
    "method": ("request_method", "requestmethod", "http_method", "verb", "request.method", "cs-method"),
    "url": (
        *("uri", "path", "request_uri", "request_url", "requestpath", "request.uri", "request.url", "url.original"),
        *("url.path", "target", "cs-uri-stem"),
    ),
    "host": ("http_host", "requesthost", "request.host", "server_name", "authority", "vhost", "cs-host"),
    "session": ("session_id", "sessionid", "session.id", "sid"),
    "address": (
        *("remote_addr", "remote_ip", "client_ip", "clienthost", "request.client_ip", "request.remote_ip"),
        *("client_addr", "source.ip", "c-ip", "ip", "client"),
    ),
    "status": ("status_code", "downstreamstatus", "response_code", "response.status", "sc-status"),
    "duration": ("request_time",),
    "duration_ms": ("duration_millis", "elapsed_ms", "time-taken"),
    "duration_us": (),
    "duration_ns": (),
    "agent": ("user_agent", "http_user_agent", "useragent", "user_agent.original", "request.headers.User-Agent"),
    "cookie": ("http_cookie", "request.headers.Cookie"),
    "authorization": ("http_authorization", "request.headers.Authorization"),
    "accept": ("http_accept", "request.headers.Accept"),
    "request": ("request_line",),
    "size": ("request_length", "bytes_in", "requestcontentsize"),
}
"""What can be told of a request, and the names by which it goes elsewhere. `duration` is in seconds; `request` is a
request line (`GET / HTTP/1.1`)."""

Columns = Mapping[str, str]
"""What is told, and the column that tells it."""


def parse_columns(text: str) -> Columns:
    """What `--columns session=user,at=when` says.

    Raises:
        ValueError: it cannot be read; names the choices, and the nearest.
    """
    columns: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, column = (each.strip() for each in part.partition("="))
        if name not in KNOWN:
            near = get_close_matches(name, KNOWN, 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"--columns {part}: choose among {', '.join(KNOWN)}{meant}")
        if not equals or not column:
            raise ValueError(f"--columns {part}: expected {name}=COLUMN")
        if name in columns:
            raise ValueError(f"--columns {part}: {name} is {columns[name]} already")
        columns[name] = column
    return columns


def found_columns(named: Columns, present: Iterable[str]) -> Columns:
    """The column of everything that a table tells: as named, else by the usual names, whatever their letter case.

    Raises:
        ValueError: a named column is not there, or none that tells when a request was made.
    """
    there: dict[str, str] = {}
    for column in present:
        there.setdefault(column.lower(), column)
    columns: dict[str, str] = {}
    for name, usual in KNOWN.items():
        wanted = named.get(name)
        if wanted is not None:
            if wanted.lower() not in there:
                raise ValueError(f"there is no column {wanted!r}; there are {_listed(there.values())}")
            columns[name] = there[wanted.lower()]
            continue
        guessed = next((there[each.lower()] for each in (name, *usual) if each.lower() in there), None)
        if guessed is not None:
            columns[name] = guessed
    if "at" not in columns:
        raise ValueError(f"no column tells the time; name one, --columns at=COLUMN, of {_listed(there.values())}")
    return columns


def _listed(columns: Iterable[str]) -> str:
    names = [column[:40] for column in columns]
    return ", ".join(names[:30]) + (", …" if len(names) > 30 else "") if names else "none"
