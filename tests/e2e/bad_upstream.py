"""An application that misbehaves: each path in its own way, in bytes, and as rudely as a network allows."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable

Misbehaviour = Callable[[socket.socket], None]

HEAD = b"HTTP/1.1 200 OK\r\n"
PIECE = b"a" * 65_536


def _say(data: bytes) -> Misbehaviour:
    return lambda line: line.sendall(data)


def _reset(data: bytes) -> Misbehaviour:
    def reset(line: socket.socket) -> None:
        line.sendall(data)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return reset


def _hang(data: bytes) -> Misbehaviour:
    def hang(line: socket.socket) -> None:
        line.sendall(data)
        while line.recv(65_536):
            pass

    return hang


def _flood(data: bytes, piece: bytes) -> Misbehaviour:
    """Until the other side has had enough, but no more than 100 MB."""

    def flood(line: socket.socket) -> None:
        line.sendall(data)
        for _ in range(100_000_000 // len(piece)):
            line.sendall(piece)

    return flood


def _by_the_byte(line: socket.socket) -> None:
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in HEAD + b"Content-Length: 5\r\n\r\nhello":
        line.sendall(bytes([byte]))


BAD_GATEWAY: dict[str, Misbehaviour] = {
    "closes": _say(b""),
    "resets": _reset(b""),
    "resets-in-head": _reset(HEAD + b"Content-Le"),
    "closes-in-head": _say(HEAD + b"Content-Le"),
    "garbage": _say(b"\x00\xff\x16\x03nonsense\r\n\r\n"),
    "another-protocol": _say(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    "no-status": _say(b"HTTP/1.1 OK\r\n\r\n"),
    "status-word": _say(b"HTTP/1.1 two OK\r\n\r\n"),
    "version": _say(b"HTTP/9 200 OK\r\nContent-Length: 0\r\n\r\n"),
    "long-status-line": _say(b"HTTP/1.1 200 " + b"a" * 1_000_000 + b"\r\nContent-Length: 0\r\n\r\n"),
    "long-field": _say(HEAD + b"X-A: " + b"a" * 1_000_000 + b"\r\nContent-Length: 0\r\n\r\n"),
    "endless-field": _flood(HEAD + b"X-A: ", PIECE),
    "endless-fields": _flood(HEAD, b"X-A: b\r\n" * 4096),
    "endless-interim": _flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2048),
    "negative-length": _say(HEAD + b"Content-Length: -5\r\n\r\nhello"),
    "length-word": _say(HEAD + b"Content-Length: five\r\n\r\nhello"),
    "two-lengths": _say(HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
    "length-and-chunks": _say(HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "unknown-coding": _say(HEAD + b"Transfer-Encoding: secret\r\n\r\nhello"),
    "name-with-space": _say(HEAD + b"X A: b\r\nContent-Length: 5\r\n\r\nhello"),
    "nul-in-name": _say(HEAD + b"X\x00A: b\r\nContent-Length: 5\r\n\r\nhello"),
}
"""What gets a 502: nothing of it could be passed on."""

CUT_SHORT: dict[str, Misbehaviour] = {
    "short": _say(HEAD + b"Content-Length: 10\r\n\r\nhel"),
    "resets-in-body": _reset(HEAD + b"Content-Length: 10\r\n\r\nhel"),
    "bad-chunk": _say(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n"),
    "negative-chunk": _say(HEAD + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n"),
    "endless-chunk-size": _flood(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;a=", PIECE),
    "endless-trailers": _flood(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-A: ", PIECE),
}
"""Whose answer breaks off: it must not be taken for a whole one."""

GOOD: dict[str, Misbehaviour] = {
    "by-the-byte": _by_the_byte,
    "interim": _say(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + HEAD + b"Content-Length: 5\r\n\r\nhello"),
    "splits": _say(
        HEAD + b"X-A: b\rSet-Cookie: c=d\r\nX-B: e\x00f\r\nX-C: g\r\n Set-Cookie: h=i\r\nContent-Length: 5\r\n\r\nhello"
    ),
    "says-more": _say(HEAD + b"Content-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"),
}

HANGS: dict[str, Misbehaviour] = {"hangs": _hang(b""), "hangs-after-head": _hang(HEAD + b"Content-Length: 10\r\n\r\n")}

_ALL = {**BAD_GATEWAY, **CUT_SHORT, **GOOD, **HANGS}


class BadUpstream:
    """`/NAME` misbehaves as `NAME` says; everything else is answered `fine`, before its body is read."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.open = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        self.open += 1
        with line, contextlib.suppress(OSError):
            line.settimeout(60)
            head = b""
            while b"\r\n\r\n" not in head and (data := line.recv(65_536)):
                head += data
            name = head.split(b" ")[1].decode().lstrip("/") if head else ""
            _ALL.get(name, _say(HEAD + b"Content-Length: 4\r\nConnection: close\r\n\r\nfine"))(line)
        self.open -= 1
