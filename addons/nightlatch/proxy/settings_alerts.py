"""What the guard was told about detectors and receivers of alerts, parsed. Knows neither mitmproxy nor the command
line; whoever raises `AlertsInvalid` names the option."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from nightlatch.alerts.asn import AsnFile, AsnUnusable
from nightlatch.alerts.channel import Channel
from nightlatch.alerts.notify import Notify, NotifyUnusable
from nightlatch.alerts.security_events import SecurityEvents, SigningKeyUnusable, load_signing_key
from nightlatch.alerts.webhook import SecretUnusable, Webhook, secret_of
from nightlatch.core.origin_facts import is_loopback
from nightlatch.core.policy import Policy
from nightlatch.core.shown_url import origin_only

_SIGNALS = ("signals_key_file", "signals_issuer", "signals_audience")


class AlertsInvalid(ValueError):
    """An option about alerts cannot be used; the message names the option and the remedy (exit code 3)."""


class AlertSettings(NamedTuple):
    """How detectors see the world, and who is told."""

    simulate_network: bool = False
    """A client on this machine may say from which address it comes."""
    asn: AsnFile | None = None
    channels: tuple[Channel, ...] = ()
    """Who is told of alerts and events, beside the log."""


def read_alert_settings(options: Mapping[str, str], policy: Policy, login: str) -> AlertSettings:
    """Parse the options (names without the `nightlatch_` prefix).

    Args:
        options: as text.
        policy: the policy in force at the start.
        login: the kind of login.

    Raises:
        AlertsInvalid: one of them cannot be used, or a response can never be met.
    """
    refuse_unmet_responses(policy, login)
    return AlertSettings(
        simulate_network=_switch("simulate_network", options["simulate_network"]),
        asn=_asn(options["asn_file"]),
        channels=tuple(_channels(options)),
    )


def _channels(options: Mapping[str, str]) -> Iterator[Channel]:
    key = _secret(options["alert_webhook_secret"])
    for url in options["alert_webhook"].split():
        yield Webhook(_url("alert_webhook", url), key)
    for url in options["alert_notify"].split():
        try:
            yield Notify(url)
        except NotifyUnusable as error:
            raise AlertsInvalid(str(error)) from None
    if options["signals_url"]:
        yield _signals(options)


def _signals(options: Mapping[str, str]) -> SecurityEvents:
    missing = [f"--{name.replace('_', '-')}" for name in _SIGNALS if not options[name]]
    if missing:
        raise AlertsInvalid(f"--signals-url needs {' and '.join(missing)}")
    try:
        key = load_signing_key(Path(options["signals_key_file"]).expanduser())
    except SigningKeyUnusable as error:
        raise AlertsInvalid(f"--signals-key-file {error}") from None
    url, audience = _url("signals_url", options["signals_url"]), options["signals_audience"]
    return SecurityEvents(url, key, options["signals_issuer"], audience, options["signals_token"])


def _url(name: str, text: str) -> str:
    """An http(s) URL; plain http only on this machine, as what is sent names people."""
    option = f"--{name.replace('_', '-')}"
    split = urlsplit(text)
    host, shown = split.hostname or "", f"{option} {origin_only(text)}"
    if split.scheme not in ("http", "https") or not host:
        raise AlertsInvalid(f"{shown}: expected an http(s) URL")
    if split.scheme == "http" and not is_loopback(host) and not host.endswith(".localhost"):
        raise AlertsInvalid(f"{shown}: what is sent names people, so elsewhere than here it goes by https only")
    return text


def _secret(text: str) -> bytes | None:
    try:
        return secret_of(text) if text else None
    except SecretUnusable as error:
        raise AlertsInvalid(f"--alert-webhook-secret: {error}") from None


def refuse_unmet_responses(policy: Policy, login: str) -> None:
    """With `--login self` the application asks for a login only when the cookie is gone, so a fresh login that an
    alert asks for would be asked for for ever.

    Raises:
        AlertsInvalid: names the detectors.
    """
    asking = [name for name, rule in policy.alerts.items() if rule.then == "step_up"]
    if login == "self" and asking:
        raise AlertsInvalid(
            f'policy {policy.name}: [alerts] {", ".join(asking)}: then = "step_up" cannot be met with --login self, '
            'where the application asks only once the cookie is gone; use then = "end", or --login redirect:PATH'
        )


def _asn(text: str) -> AsnFile | None:
    try:
        return AsnFile(Path(text).expanduser()) if text else None
    except AsnUnusable as error:
        raise AlertsInvalid(str(error)) from None


def _switch(name: str, value: str) -> bool:
    if value not in ("on", "off"):
        raise AlertsInvalid(f"{name} `{value}` is unknown; choose one of on, off")
    return value == "on"
