"""An identity provider of the tests' own, obedient or not: OpenID Connect with PKCE on loopback, by whatever clock.

It asks nobody for a password. While it is obedient it knows when it last authenticated the person, and does so anew
where `prompt` or `max_age` ask for it; `says` changes what its ID tokens say, whatever the truth is.
"""

import base64
import json
import secrets
import threading
from collections.abc import Callable
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from tests.identity.minting import jwk, mint

from nightlatch.clock import wall_now

CLIENT, SECRET = "guard", "a secret of the guard"
Fields = dict[str, str]


class OwnProvider:
    """`authorized` and `exchanged` are what it was asked; `down` are paths that answer 503."""

    def __init__(self) -> None:
        self.now: Callable[[], int] = wall_now
        self.user = "ada"
        self.sid = "sid-1"
        self.authenticated: int | None = None
        self.obedient = True
        self.acr: str | None = None
        self.says: dict[str, Any] = {}
        self.knows: dict[str, Any] = {}
        """What its userinfo endpoint says besides `sub`."""
        self.metadata: dict[str, Any] = {}
        self.down: set[str] = set()
        self.error = ""
        self.secret, self.access_token = SECRET, "at"
        self.signed: list[str] = []
        """The tokens that it has made."""
        self.authorized: list[Fields] = []
        self.exchanged: list[Fields] = []
        self._codes: dict[str, Fields] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def visit(self, location: str) -> str:
        """What a browser does that is sent to `location`: where it is sent back to."""
        assert location.startswith(self.issuer), location
        try:
            answer = build_opener(_Stay).open(Request(location), timeout=20)
        except HTTPError as redirect:
            with redirect:
                return str(redirect.headers["Location"])
        raise AssertionError(answer.status)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/end",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            **self.metadata,
        }

    def authorize(self, asked: Fields) -> str:
        """Where the browser is sent back to."""
        self.authorized.append(asked)
        self._authenticate(asked)
        answer = {"state": asked["state"], "code": secrets.token_urlsafe(16)}
        if self.error:
            answer = {"state": asked["state"], "error": self.error}
        else:
            self._codes[answer["code"]] = asked
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def _authenticate(self, asked: Fields) -> None:
        now = self.now() // 1_000_000
        age = now - self.authenticated if self.authenticated is not None else None
        too_old = age is None or ("max_age" in asked and age >= int(asked["max_age"]))
        if age is None or (self.obedient and (too_old or asked.get("prompt") == "login")):
            self.authenticated = now
        if self.obedient and asked.get("acr_values"):
            self.acr = asked["acr_values"].split()[0]

    def exchange(self, form: Fields, authorization: str) -> tuple[int, dict[str, Any]]:
        """The answer of the token endpoint."""
        self.exchanged.append(form)
        asked = self._codes.pop(form.get("code", ""), None)
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{self.secret}".encode()).decode()
        if authorization != basic and form.get("client_secret") != self.secret:
            return 401, {"error": "invalid_client"}
        challenge = base64.urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        if asked is None or asked["code_challenge"] != challenge.decode():
            return 400, {"error": "invalid_grant"}
        if form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": self.access_token,
            "token_type": "Bearer",
            "id_token": self.id_token(asked["nonce"]),
        }

    def id_token(self, nonce: str) -> str:
        now = self.now() // 1_000_000
        claims = {"nonce": nonce, "auth_time": self.authenticated, "acr": self.acr, "sub": self.user, "sid": self.sid}
        return self.sign(**{"iat": now, "exp": now + 600, **claims, **self.says})

    def sign(self, headers: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token of this provider for the guard."""
        self.signed.append(
            mint(headers={"kid": "k1", **(headers or {})}, **{"iss": self.issuer, "aud": CLIENT, **claims})
        )
        return self.signed[-1]

    def logout_token(self, **claims: Any) -> str:
        """A logout token as the specification has it, changed by `claims`."""
        now = self.now() // 1_000_000
        event: dict[str, Any] = {"http://schemas.openid.net/event/backchannel-logout": {}}
        usual = {"iat": now, "exp": now + 120, "jti": secrets.token_hex(8), "events": event, "sid": self.sid}
        return self.sign({"typ": "logout+jwt"}, **{"sub": None, **usual, **claims})


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow no redirect."""


def _fields(text: str) -> Fields:
    return {name: values[0] for name, values in parse_qs(text).items()}


def _handler(provider: OwnProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path in provider.down:
                self._answer(503, {})
            elif path == "/authorize":
                self._answer(302, {}, provider.authorize(_fields(urlsplit(self.path).query)))
            elif path == "/.well-known/openid-configuration":
                self._answer(200, provider.discovery())
            elif path == "/jwks":
                self._answer(200, {"keys": [jwk(kid="k1", use="sig", alg="RS256")]})
            elif path == "/userinfo" and self.headers["Authorization"] == f"Bearer {provider.access_token}":
                self._answer(200, {"sub": provider.user, **provider.knows})
            else:
                self._answer(404, {})

        def do_POST(self) -> None:
            form = _fields(self.rfile.read(int(self.headers["Content-Length"])).decode())
            if urlsplit(self.path).path in provider.down:
                self._answer(503, {})
            else:
                self._answer(*provider.exchange(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, document: dict[str, Any], location: str = "") -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    return Handler
