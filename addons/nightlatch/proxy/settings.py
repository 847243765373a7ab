"""Everything the guard was told, parsed once into frozen values. Knows neither mitmproxy nor the command line: both
hand over the same names as text, and get the same errors back."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from nightlatch.core.peers import Peer
from nightlatch.core.policy import Policy
from nightlatch.core.policy_toml import PolicyInvalid
from nightlatch.identity.extract import Source, SourceKind, parse_source
from nightlatch.identity.tokens import TokenVerifier
from nightlatch.ledger.address import LedgerAddress, ledger_at
from nightlatch.ledger.port import LedgerError
from nightlatch.metrics.otel import is_installed as otel_is_installed
from nightlatch.presets import PolicyNotFound, load_policy
from nightlatch.proxy.forwarders import parse_network
from nightlatch.proxy.settings_alerts import AlertSettings, AlertsInvalid, read_alert_settings
from nightlatch.proxy.settings_audit import AuditInvalid, read_sinks
from nightlatch.proxy.settings_control import ControlAddress, read_control
from nightlatch.proxy.settings_login import (
    DevUser,
    Login,
    OidcSettings,
    parse_dev_user,
    parse_login,
    parse_second_factor,
    read_oidc,
    refuse_unmet,
)
from nightlatch.proxy.settings_logout import LogoutSettings, read_logout
from nightlatch.proxy.settings_peer import NAMES, NIGHTLATCH, parse_peer
from nightlatch.proxy.settings_tokens import read_tokens
from nightlatch.proxy.settings_values import SettingsInvalid, choice, switch, words

ADOPTION = ("until-issued", "any", "issued")


class Settings(NamedTuple):
    """The guard's configuration."""

    policy: Policy
    policy_name: str
    ledger: LedgerAddress
    source: Source
    login: Login
    login_paths: tuple[str, ...]
    hosts: tuple[str, ...]
    allowed_origins: tuple[str, ...]
    dev_users: tuple[DevUser, ...]
    adopt: str
    allow_reissue: bool
    session_header: bool
    record: Path | None
    verifier: TokenVerifier | None
    """For tokens."""
    return_parameter: str = "return_to"
    peer: Peer | None = None
    """Whose answers are given in place of nightlatch's own."""
    dev_second_factor: str = ""
    """The code that the dev login takes for a second factor; empty: it knows none."""
    oidc: OidcSettings | None = None
    trusted_forwarders: tuple[str, ...] = ()
    """Proxies in front, as networks, whose `X-Forwarded-For` and `-Proto` are believed."""
    assertion: bool = True
    """Whether the application gets a signed assertion of who is asking."""
    notice: bool = False
    """Pages get the script that warns before a session ends."""
    control: ControlAddress | None = None
    """Where the control API listens; None: there is none."""
    logout: LogoutSettings = LogoutSettings()
    alerts: AlertSettings = AlertSettings()
    otel: bool = False
    """The figures are sent by OpenTelemetry."""


def read_settings(options: Mapping[str, str]) -> Settings:
    """Parse the options (names without the `nightlatch_` prefix; lists are separated by white space).

    Raises:
        SettingsInvalid: one of them cannot be used.
    """
    source = _source(options["identity"])
    login = parse_login(options["login"] or default_login(source))
    policy = _met_policy(options, source, login)
    return Settings(
        policy=policy,
        policy_name=options["policy"],
        ledger=_ledger(options["ledger"]),
        source=source,
        login=login,
        login_paths=(*words(options["login_path"]), *_login_path(login)),
        hosts=tuple(host.lower() for host in words(options["host"])),
        allowed_origins=words(options["allow_origin"]),
        dev_users=tuple(parse_dev_user(text) for text in words(options["dev_user"])),
        adopt=choice("adopt", options["adopt"], ADOPTION),
        allow_reissue=switch("allow_reissue", options["allow_reissue"]),
        session_header=switch("session_header", options["session_header"]),
        record=Path(options["record"]).expanduser() if options["record"] else None,
        verifier=_verifier(options, source),
        return_parameter=options["return_parameter"],
        peer=parse_peer(choice("respond_as", options["respond_as"] or NIGHTLATCH, NAMES)),
        dev_second_factor=options["dev_second_factor"],
        oidc=read_oidc(options, login, source),
        trusted_forwarders=_networks(options["trusted_forwarder"]),
        assertion=switch("assertion", options["assertion"]),
        notice=switch("notice", options["notice"]),
        control=read_control(options["control"]),
        logout=read_logout(options),
        alerts=_alerts(options, policy, login.kind),
        otel=_otel(options),
    )


def _ledger(text: str) -> LedgerAddress:
    try:
        return ledger_at(text)
    except LedgerError as error:
        raise SettingsInvalid(str(error)) from None


def _alerts(options: Mapping[str, str], policy: Policy, login: str) -> AlertSettings:
    """Who is told of alerts, and where the audit trail goes besides the ledger: the ledger serves both alike."""
    try:
        alerts = read_alert_settings(options, policy, login)
        return alerts._replace(channels=(*alerts.channels, *read_sinks(options)))
    except (AlertsInvalid, AuditInvalid) as error:
        raise SettingsInvalid(str(error)) from None


def _met_policy(options: Mapping[str, str], source: Source, login: Login) -> Policy:
    """The policy, if what it demands can be met by this login."""
    policy = _policy(options["policy"], (*words(options["public"]), *_login_path(login)))
    refuse_unmet(policy, source, login, parse_second_factor(options["dev_second_factor"]))
    return policy


def _otel(options: Mapping[str, str]) -> bool:
    wanted = switch("otel", options["otel"])
    if wanted and not otel_is_installed():
        raise SettingsInvalid("--otel needs OpenTelemetry: pip install 'nightlatch[otel]'")
    return wanted


def default_login(source: Source) -> str:
    """The login that goes with an identity when none is named (DESIGN §6.1)."""
    return {SourceKind.NIGHTLATCH: "dev", SourceKind.COOKIE: "self"}.get(source.kind, "none")


def _login_path(login: Login) -> tuple[str, ...]:
    return (login.url.partition("?")[0],) if login.url.startswith("/") else ()


def _source(text: str) -> Source:
    try:
        return parse_source(text)
    except ValueError as error:
        raise SettingsInvalid(str(error)) from error


def _policy(name: str, public: tuple[str, ...]) -> Policy:
    try:
        return load_policy(name, public)
    except PolicyInvalid as error:
        raise SettingsInvalid(error.render()) from error
    except PolicyNotFound as error:
        raise SettingsInvalid(str(error)) from error


def _networks(text: str) -> tuple[str, ...]:
    try:
        return tuple(parse_network(word) for word in words(text))
    except ValueError as error:
        raise SettingsInvalid(str(error)) from error


def _verifier(options: Mapping[str, str], source: Source) -> TokenVerifier | None:
    try:
        return read_tokens(options, source)
    except ValueError as error:
        raise SettingsInvalid(str(error)) from error
