"""Where a script element can be put into an HTML document without changing anything else about it.

Before everything that the document itself loads, so that a policy in a `meta` element comes too late to forbid it; but
behind the `meta` element that tells the encoding, as browsers look for that in the first 1024 bytes only. Pure; works
on bytes, as every encoding of the web but UTF-16 writes markup like ASCII.
"""

import re

_PRESCAN = 1024
_BLANK = rb"(?:[\s\x00]|<!--.*?-->)*"
_ATTRIBUTES = rb"""(?:\s(?:[^"'>]|"[^"]*"|'[^']*')*)?"""
_OPENING = re.compile(
    rb"\A(?:\xef\xbb\xbf)?%b(?:<!doctype[^>]*>)?%b(?:<html%b>)?%b(?:<head%b>)?"
    % (_BLANK, _BLANK, _ATTRIBUTES, _BLANK, _ATTRIBUTES),
    re.IGNORECASE | re.DOTALL,
)
_ENCODING = re.compile(rb"<meta\s[^>]*charset[^>]*>", re.IGNORECASE)
_WIDE = (b"\xff\xfe", b"\xfe\xff")
"""Byte order marks of UTF-16."""
_UNLIKE_ASCII = ("utf-16", "utf16", "utf-32", "utf-7", "ucs-2", "iso-10646", "unicode")


def with_element(html: bytes, element: bytes, *, charset: str = "") -> bytes | None:
    """`html` with `element` at the beginning of its head; None where that cannot be done.

    Args:
        html: the document, decompressed.
        element: ASCII only.
        charset: what the Content-Type says; empty when it says nothing.
    """
    if html.startswith(_WIDE) or charset.lower().startswith(_UNLIKE_ASCII):
        return None
    found = _OPENING.match(html)
    at = found.end() if found else 0
    if not charset and (told := _ENCODING.search(html, at, _PRESCAN)) is not None:
        at = told.end()
    return html[:at] + element + html[at:]
