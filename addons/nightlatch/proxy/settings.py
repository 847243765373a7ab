"""Everything the guard was told, parsed once into frozen values. Knows neither mitmproxy nor the command line: both
hand over the same names as text, and get the same errors back."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from nightlatch.core.peers import Peer
from nightlatch.core.policy import Policy
from nightlatch.core.policy_toml import PolicyInvalid
from nightlatch.identity.extract import Source, SourceKind, parse_source
from nightlatch.identity.keys import KeyUnusable, VerificationKey, load_jwks, load_key_file
from nightlatch.identity.tokens import TokenSettings, TokenVerifier
from nightlatch.presets import PolicyNotFound, load_policy
from nightlatch.proxy.settings_peer import NAMES, NIGHTLATCH, parse_peer

LOGIN_KINDS = ("dev", "redirect", "self", "none")
DEV_METHOD = "dev"
"""What the dev login says of how somebody authenticated (`amr`)."""
ADOPTION = ("until-issued", "any", "issued")


class SettingsInvalid(ValueError):
    """An option's value cannot be used; the message names the option and the remedy (exit code 3)."""


class DevUser(NamedTuple):
    """A person that the dev login knows."""

    name: str
    groups: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}:{','.join(self.groups)}" if self.groups else self.name


class Login(NamedTuple):
    """How people log in; `url` only for `redirect`."""

    kind: str
    url: str = ""


class Settings(NamedTuple):
    """The guard's configuration."""

    policy: Policy
    policy_name: str
    ledger: Path
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
    """For `bearer`."""
    return_parameter: str = "return_to"
    peer: Peer | None = None
    """Whose answers are given in place of nightlatch's own."""


def nearest(word: str, known: tuple[str, ...]) -> str:
    """`; did you mean ...?` for the closest of `known`, else the whole choice."""
    close = difflib.get_close_matches(word, known, 1)
    return f"; did you mean `{close[0]}`?" if close else f"; choose one of {', '.join(known)}"


def read_settings(options: Mapping[str, str]) -> Settings:
    """Parse the options (names without the `nightlatch_` prefix; lists are separated by white space).

    Raises:
        SettingsInvalid: one of them cannot be used.
    """
    source = _source(options["identity"])
    login = parse_login(options["login"] or default_login(source))
    public = (*_words(options["public"]), *_login_path(login))
    policy = _policy(options["policy"], public)
    refuse_unmet(policy, source.kind)
    return Settings(
        policy=policy,
        policy_name=options["policy"],
        ledger=Path(options["ledger"]).expanduser(),
        source=source,
        login=login,
        login_paths=(*_words(options["login_path"]), *_login_path(login)),
        hosts=tuple(host.lower() for host in _words(options["host"])),
        allowed_origins=_words(options["allow_origin"]),
        dev_users=tuple(parse_dev_user(text) for text in _words(options["dev_user"])),
        adopt=_choice("adopt", options["adopt"], ADOPTION),
        allow_reissue=_switch("allow_reissue", options["allow_reissue"]),
        session_header=_switch("session_header", options["session_header"]),
        record=Path(options["record"]).expanduser() if options["record"] else None,
        verifier=_verifier(options) if source.kind is SourceKind.BEARER else None,
        return_parameter=options["return_parameter"],
        peer=parse_peer(_choice("respond_as", options["respond_as"] or NIGHTLATCH, NAMES)),
    )


def refuse_unmet(policy: Policy, kind: SourceKind) -> None:
    """A demand that no login here can meet would send people to it for ever (DESIGN 6.3): a mistake of the policy.

    Only tokens tell how somebody authenticated (`acr`, `amr`); the dev login says `dev`.

    Raises:
        SettingsInvalid: names the rule and what it demands.
    """
    if kind is SourceKind.BEARER:
        return
    known = {DEV_METHOD} if kind is SourceKind.NIGHTLATCH else set()
    for rule in policy.rules:
        unmet = [*(f"acr {acr}" for acr in rule.require.acr), *(f"amr {m}" for m in rule.require.amr if m not in known)]
        if unmet and not rule.public:
            raise SettingsInvalid(
                f"policy {policy.name}: rule `{rule.name}` requires {', '.join(unmet)}, which no login of "
                f"--identity {kind} can give; take it out, or guard bearer tokens that carry it"
            )


def default_login(source: Source) -> str:
    """The login that goes with an identity when none is named (DESIGN §6.1)."""
    return {SourceKind.NIGHTLATCH: "dev", SourceKind.COOKIE: "self", SourceKind.BEARER: "none"}[source.kind]


def parse_login(text: str) -> Login:
    """Read `dev`, `redirect:URL`, `self` or `none`.

    Raises:
        SettingsInvalid: anything else.
    """
    kind, _, rest = text.partition(":")
    if kind == "oidc":
        raise SettingsInvalid("login `oidc:` is not in this version; use dev, redirect:URL, self or none")
    if kind not in LOGIN_KINDS:
        raise SettingsInvalid(f"login `{text}` is unknown{nearest(kind, LOGIN_KINDS)}")
    if kind == "redirect":
        if not rest.startswith(("/", "http://", "https://")) or rest.startswith("//"):
            raise SettingsInvalid(f"login `{text}` needs a path or an http(s) URL, such as `redirect:/login`")
        return Login(kind, rest)
    if rest:
        raise SettingsInvalid(f"login `{kind}` takes no value, found `{text}`")
    return Login(kind)


def parse_dev_user(text: str) -> DevUser:
    """Read `NAME[:group,...]`.

    Raises:
        SettingsInvalid: the name is empty or holds characters that have no place in one.
    """
    name, _, groups = text.partition(":")
    if not is_user_name(name):
        raise SettingsInvalid(f"dev user `{text}` needs the form NAME or NAME:group,group")
    return DevUser(name, tuple(group for group in groups.split(",") if group))


def is_user_name(name: str) -> bool:
    """Whether `name` can be a subject: printable, no white space, at most 128 characters."""
    return 0 < len(name) <= 128 and name.isprintable() and not any(char.isspace() for char in name)


def _login_path(login: Login) -> tuple[str, ...]:
    return (login.url.partition("?")[0],) if login.url.startswith("/") else ()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _choice(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise SettingsInvalid(f"{name} `{value}` is unknown{nearest(value, known)}")
    return value


def _switch(name: str, value: str) -> bool:
    return _choice(name, value, ("on", "off")) == "on"


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


def _verifier(options: Mapping[str, str]) -> TokenVerifier:
    algorithms = tuple(options["jwt_algorithms"].replace(",", " ").split())
    if not options["jwt_audience"]:
        raise SettingsInvalid(
            "identity `bearer` needs an audience: --jwt-audience NAME (what `aud` of your tokens says)"
        )
    try:
        keys = _keys(options, algorithms)
        issuer, claim = options["jwt_issuer"] or None, options["session_claim"]
        return TokenVerifier(TokenSettings(options["jwt_audience"], keys, issuer, algorithms, claim))
    except ValueError as error:
        raise SettingsInvalid(str(error)) from error


def _keys(options: Mapping[str, str], algorithms: tuple[str, ...]) -> tuple[VerificationKey, ...]:
    if options["jwks"] and options["jwt_key_file"]:
        raise KeyUnusable("give either --jwks or --jwt-key-file, not both")
    if "://" in options["jwks"]:
        raise KeyUnusable(f"--jwks {options['jwks']}: only files for now; save the set first: curl -o jwks.json URL")
    if options["jwks"]:
        return load_jwks(Path(options["jwks"]).expanduser())
    if options["jwt_key_file"]:
        return load_key_file(Path(options["jwt_key_file"]).expanduser(), algorithms)
    raise KeyUnusable("identity `bearer` needs a key: --jwt-key-file FILE or --jwks FILE")
