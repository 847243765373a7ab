"""`nightlatch run`: the guard, in front of an application. Parses, checks what can be checked before anything listens,
and hands over to the proxy, which is imported only here."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from nightlatch.private_files import replace, try_to_replace
from nightlatch_cli.exits import ExitCode, Failure, fail
from nightlatch_cli.exposed_options import exposed, warning
from nightlatch_cli.options import DEFAULT_LEDGER, LedgerOption
from nightlatch_cli.output import say

_Words = list[str] | None


def run(
    context: typer.Context,
    upstream: Annotated[str, typer.Argument(metavar="UPSTREAM", help="The application: http://localhost:3000.")],
    listen: Annotated[str, typer.Option(metavar="HOST:PORT", help="Where to listen; port 0: any free one.")] = (
        "127.0.0.1:8080"
    ),
    policy: Annotated[str, typer.Option(metavar="P", help="A preset's name or the path of a policy file.")] = "default",
    identity: Annotated[
        str, typer.Option(metavar="SOURCE", help="Whose credential makes a session: nightlatch, cookie:NAME, bearer.")
    ] = "nightlatch",
    login: Annotated[
        str,
        typer.Option(
            metavar="KIND", help="How people log in: dev, oidc:ISSUER, redirect:URL, self, none. [by identity]"
        ),
    ] = "",
    ledger: LedgerOption = DEFAULT_LEDGER,
    dev_user: Annotated[_Words, typer.Option(metavar="NAME[:group,…]", help="A person the dev login knows.")] = None,
    dev_second_factor: Annotated[
        str, typer.Option(metavar="CODE", help="What the dev login takes for the code of a second factor.")
    ] = "",
    oidc_client_id: Annotated[str, typer.Option(metavar="NAME", help="What the provider knows this guard by.")] = "",
    oidc_client_secret: Annotated[
        str, typer.Option(metavar="SECRET", help="Its secret there; better in the environment. None: a public client.")
    ] = "",
    oidc_scope: Annotated[str, typer.Option(metavar="LIST", help="What is asked of the provider.")] = (
        "openid profile email"
    ),
    oidc_subject_claim: Annotated[str, typer.Option(metavar="CLAIM", help="The claim that names the person.")] = "sub",
    oidc_groups_claim: Annotated[str, typer.Option(metavar="CLAIM", help="The claim that lists groups.")] = "groups",
    oidc_silent: Annotated[
        str, typer.Option(metavar="HOW", help="Logins that were to be fresh and are not: refuse, allow.")
    ] = "refuse",
    oidc_prompt: Annotated[
        str, typer.Option(metavar="HOW", help="How a fresh login is asked for: login, select_account.")
    ] = "login",
    no_store: Annotated[bool, typer.Option("--no-store", help="Browsers keep no guarded page.")] = False,
    clear_site_data: Annotated[
        str, typer.Option(metavar="LIST", help="What browsers forget at a session's end: cache, cookies, storage, *.")
    ] = "",
    upstream_logout: Annotated[
        str, typer.Option(metavar="[POST ]/PATH", help="The application's logout, for when a session ends here.")
    ] = "",
    public: Annotated[_Words, typer.Option(metavar="PATTERN", help="Paths that need no session.")] = None,
    host: Annotated[_Words, typer.Option(metavar="NAME", help="A further host name the site answers for.")] = None,
    login_path: Annotated[
        _Words, typer.Option(metavar="PATTERN", help="Where the application logs in: a cookie issued there is new.")
    ] = None,
    trusted_forwarder: Annotated[
        _Words, typer.Option(metavar="NETWORK", help="A proxy in front whose X-Forwarded-For is believed.")
    ] = None,
    allow_origin: Annotated[
        _Words, typer.Option(metavar="ORIGIN", help="An origin whose scripts may read a 401.")
    ] = None,
    adopt: Annotated[
        str, typer.Option(metavar="HOW", help="Unknown values of the cookie: until-issued, any, issued.")
    ] = "until-issued",
    allow_reissue: Annotated[bool, typer.Option("--allow-reissue", help="Accept an ended value issued again.")] = False,
    return_parameter: Annotated[
        str, typer.Option(metavar="NAME", help="The parameter in which the login expects the way back.")
    ] = "return_to",
    respond_as: Annotated[
        str, typer.Option(metavar="PEER", help="Answer expired requests as another system does: oauth2-proxy, …")
    ] = "nightlatch",
    no_session_header: Annotated[
        bool, typer.Option("--no-session-header", help="Do not tell what remains of a session.")
    ] = False,
    no_assertion: Annotated[
        bool, typer.Option("--no-assertion", help="Send the application no signed assertion of who is asking.")
    ] = False,
    notice: Annotated[bool, typer.Option("--notice", help="Pages warn people before their session ends.")] = False,
    control: Annotated[
        str,
        typer.Option(metavar="HOST:PORT", help="Control API and dashboard, on loopback; port 0: any free one."),
    ] = "",
    record: Annotated[
        str, typer.Option(metavar="FILE", help="Record what passes, for replay; goes on with an earlier one.")
    ] = "",
    otel: Annotated[
        bool, typer.Option("--otel", help="Send figures by OpenTelemetry, where its own variables (OTEL_…) say.")
    ] = False,
    audit_file: Annotated[str, typer.Option(metavar="FILE", help="Gets every audit event, a line each.")] = "",
    audit_syslog: Annotated[
        _Words, typer.Option(metavar="ADDRESS", help="Gets every audit event: unix:PATH, udp://, tcp://, tls://.")
    ] = None,
    audit_format: Annotated[str, typer.Option(metavar="FORMAT", help="jsonl, ecs or ocsf.")] = "jsonl",
    alert_webhook: Annotated[_Words, typer.Option(metavar="URL", help="Gets every alert as signed JSON.")] = None,
    alert_webhook_secret: Annotated[
        str, typer.Option(metavar="SECRET", help="Signs webhooks; better given by the environment.")
    ] = "",
    alert_notify: Annotated[
        _Words, typer.Option(metavar="URL", help="Gets every alert by apprise: Slack, Teams, e-mail …")
    ] = None,
    signals_url: Annotated[str, typer.Option(metavar="URL", help="Gets security event tokens (Shared Signals).")] = "",
    signals_key_file: Annotated[str, typer.Option(metavar="FILE", help="The RSA key (PEM) that signs those.")] = "",
    signals_issuer: Annotated[str, typer.Option(metavar="URL", help="The `iss` of those.")] = "",
    signals_audience: Annotated[str, typer.Option(metavar="AUD", help="The `aud` of those.")] = "",
    signals_token: Annotated[str, typer.Option(metavar="TOKEN", help="The receiver's bearer token.")] = "",
    simulate_network: Annotated[
        bool, typer.Option("--simulate-network", help="Let clients on this machine say where they come from.")
    ] = False,
    asn_file: Annotated[str, typer.Option(metavar="FILE", help="A MaxMind ASN file (.mmdb), for idle_flare.")] = "",
    jwt_issuer: Annotated[str, typer.Option(metavar="URL", help="The `iss` that tokens must have.")] = "",
    jwt_audience: Annotated[str, typer.Option(metavar="AUD", help="The `aud` that tokens must have.")] = "",
    jwt_algorithms: Annotated[str, typer.Option(metavar="LIST", help="Accepted signature algorithms.")] = (
        "RS256 ES256 EdDSA"
    ),
    jwt_key_file: Annotated[str, typer.Option(metavar="FILE", help="A PEM or JWK file with the signing key.")] = "",
    jwks: Annotated[
        str, typer.Option(metavar="URL|FILE", help="The JWKS with the signing keys; else where the issuer says.")
    ] = "",
    jwt_signer: Annotated[str, typer.Option(metavar="ARN", help="The AWS load balancer that has to have signed.")] = "",
    session_claim: Annotated[
        str, typer.Option(metavar="CLAIM", help="The claim that names the session; else the source's, or `sid`.")
    ] = "",
    ready_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Gets one JSON line once requests are answered.")
    ] = None,
) -> None:
    """Guard the application at UPSTREAM."""
    options = options_of(locals())
    if told := warning(exposed(context)):
        say(told)
    guard(upstream, listen, options, ready_file)


_NOT_THE_GUARDS = frozenset({"context", "upstream", "listen", "ready_file", "no_session_header", "no_assertion"})


def options_of(given: Mapping[str, object]) -> dict[str, str]:
    """The guard's options as text, from the arguments of `run`, which have their names."""
    options = {name: _text(value) for name, value in given.items() if name not in _NOT_THE_GUARDS}
    without = {name: "off" if given[f"no_{name}"] else "on" for name in ("session_header", "assertion")}
    return options | without


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return " ".join(value or ()) if isinstance(value, list | None) else str(value)


def guard(upstream: str, listen: str, options: dict[str, str], ready_file: Path | None) -> None:
    """Run the guard until it is told to stop."""
    from nightlatch.proxy import event_loop
    from nightlatch.proxy.start import CannotStart, prepare, serve
    from nightlatch.web.opening import open_control

    try:
        address = parse_listen(listen)
        if ready_file is not None:
            _to_ready_file(ready_file, try_to_replace)
        prepared = prepare(upstream, address, options)
        code = event_loop.run(serve(prepared, lambda facts: _ready(facts, ready_file), open_control))
    except CannotStart as error:
        fail(ExitCode.CONFIGURATION, str(error))
    if code:
        raise typer.Exit(code)


def parse_listen(text: str) -> tuple[str, int]:
    """Read `HOST:PORT`, `[::1]:PORT` or `PORT`.

    Raises:
        Failure: it is neither.
    """
    host, colon, port = text.rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > 65535 or (colon and not host):
        fail(ExitCode.CONFIGURATION, f"--listen {text}: expected HOST:PORT, such as 127.0.0.1:8080")
    return host.strip("[]") or "127.0.0.1", int(port)


def _ready(facts: dict[str, object], ready_file: Path | None) -> None:
    say(f"nightlatch guards {facts['site']} at {facts['url']} (policy {facts['policy']}, ledger {facts['ledger']})")
    if facts["control"]:
        say(f"dashboard {facts['control']}/#{facts['token']} (after the # is the token of the control API)")
    if ready_file is None:
        return
    line = json.dumps({name: facts[name] for name in ("url", "control", "token", "ledger", "pid")})
    _to_ready_file(ready_file, lambda file: replace(file, f"{line}\n".encode()))


def _to_ready_file(file: Path, write: Callable[[Path], None]) -> None:
    """Do `write` to it.

    Raises:
        Failure: it cannot be written (exit code 4).
    """
    try:
        write(file)
    except OSError as error:
        raise Failure(ExitCode.INPUT, f"--ready-file {file}: {error.strerror}", "name another file") from error
