"""Whether a request's parts can be read in one way only. Pure: method, target and header fields as they were sent.

Servers disagree about what is malformed: one takes a lone CR for the end of a line, one a form feed for a space, one
knows `gzip, chunked` and the next sees no body in it. What two of them could read differently (request smuggling, RFC
9112 section 11.2) does not pass, whatever mitmproxy's own parser made of it; HTTP/2, whose fields may hold any byte,
comes out as HTTP/1.1 on the other side.
"""

import re

from nightlatch.proxy.inbound_headers import Fields, folded

MOST_FIELDS = 1000
"""Header fields of one request. Browsers send twenty; over HTTP/2 every cookie may be one."""

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROLS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_BREAKS = re.compile(rb"[\r\n\x00]+[ \t]*")
_DIGITS = re.compile(rb"0|[1-9][0-9]{0,17}")
_METHOD = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_TARGET = re.compile(r"/[\x21\x22\x24-\x7e]*")
_LENGTH, _CODING = b"content-length", b"transfer-encoding"


def fault_of_line(method: str, path: str, query: str) -> str | None:
    """What is wrong with a request line, for the client to read; None when nothing is."""
    if not _METHOD.fullmatch(method):
        return "The method is malformed."
    if not _TARGET.fullmatch(path) or (query and not _TARGET.fullmatch("/" + query)):
        return (
            "The request target must be a path, in visible ASCII characters, without a fragment; encode others (%XX)."
        )
    return None


def fault_of_fields(fields: Fields, version: bytes) -> str | None:
    """What is wrong with header fields in this version of HTTP, for the client to read; None when nothing is."""
    if len(fields) > MOST_FIELDS:
        return f"A request may have {MOST_FIELDS} header fields."
    for name, value in fields:
        if not _TOKEN.fullmatch(name):
            return "The name of a header field is malformed."
        if _CONTROLS.search(value):
            return "A header field has a control character in it, or goes on in a second line."
    return _fault_of_length([(folded(name), name.lower(), value) for name, value in fields], version)


def unbroken(fields: Fields) -> Fields:
    """An answer's fields without line ends in them: each becomes a space (RFC 9110 section 5.5), as some clients would
    read the rest as a field of its own."""
    if _BREAKS.search(b"".join([value for _, value in fields])) is None:
        return fields
    return tuple((name, _BREAKS.sub(b" ", value)) for name, value in fields)


def _fault_of_length(fields: list[tuple[bytes, bytes, bytes]], version: bytes) -> str | None:
    """A body has one length, told in one way."""
    telling = [(name, value) for plain, name, value in fields if plain in (_LENGTH, _CODING)]
    if not telling:
        return None
    (name, value), *more = telling
    if more:
        return "A request has one Content-Length, or one Transfer-Encoding."
    if name == _CODING and version == b"HTTP/1.1" and value.lower() == b"chunked":
        return None
    if name == _LENGTH and _DIGITS.fullmatch(value):
        return None
    return "The length of the body is malformed; Transfer-Encoding, in HTTP/1.1 only, may be chunked."
