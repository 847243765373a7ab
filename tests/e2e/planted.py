"""Recognisable secrets, and whether any of them stands in some bytes, in whatever spelling."""

import base64
import secrets
from collections.abc import Iterator

_SHORTEST = 16


class Planted:
    """Secrets by name."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self._needles: dict[str, tuple[bytes, ...]] = {}

    def plant(self, name: str) -> str:
        """A new secret; what is random in it is long enough that nothing else looks like it."""
        return self.note(name, secrets.token_hex(24))

    def note(self, name: str, value: str) -> str:
        """A secret that somebody else made up, such as a credential that the guard issued."""
        assert len(value) >= _SHORTEST, (name, value)
        self.values[name] = value
        self._needles[name] = tuple(dict.fromkeys(spellings(value.encode())))
        return value

    def found(self, content: bytes, *besides: str) -> set[str]:
        """The names of those that are in `content`, but for `besides`."""
        return {name for name in self._needles.keys() - set(besides) if self._is_in(name, content)}

    def _is_in(self, name: str, content: bytes) -> bool:
        return any(needle in content for needle in self._needles[name])


def spellings(secret: bytes) -> Iterator[bytes]:
    """`secret` and each half of it (a page of a database, a line that was folded), plainly, backwards, in hexadecimal,
    in base64 wherever it begins, percent-encoded, as escapes of JSON, and as UTF-16."""
    middle = len(secret) // 2
    for part in {secret, secret[:middle], secret[middle:]}:
        yield part
        yield part[::-1]
        yield part.hex().encode()
        yield part.hex().upper().encode()
        yield from _in_base64(part)
        yield "".join(f"%{byte:02X}" for byte in part).encode()
        yield "".join(f"%{byte:02x}" for byte in part).encode()
        yield "".join(f"\\u{byte:04x}" for byte in part).encode()
        yield part.decode("latin-1").encode("utf-16-le")


def _in_base64(part: bytes) -> Iterator[bytes]:
    """Those characters that hang on `part` alone, for each of the three places in which it can begin."""
    for before in range(3):
        whole = bytes(before) + part
        whole = whole[: len(whole) - len(whole) % 3]
        for encoded in (base64.b64encode(whole), base64.urlsafe_b64encode(whole)):
            yield encoded[4 if before else 0 :]
