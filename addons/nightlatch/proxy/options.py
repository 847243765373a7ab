"""The `nightlatch_*` options of mitmproxy: their names, defaults and help.

Every one is a `str`, because a bad value for an `int` option is dropped by mitmproxy without a word and the proxy
then lets everything through. Parsing, with errors that stop the start, is `settings`' work.
"""

from typing import NamedTuple

PREFIX = "nightlatch_"


class Option(NamedTuple):
    """One option, as text; lists are separated by white space."""

    name: str
    default: str
    help: str


OPTIONS = (
    Option("policy", "default", "A preset's name or the path of a policy file."),
    Option("ledger", ".nightlatch/ledger.db", "Where sessions are kept: a file, or postgresql://USER@HOST/DATABASE."),
    Option("identity", "nightlatch", "Whose credential makes a session; docs/identity.md."),
    Option("login", "", "How people log in: dev, oidc:ISSUER, redirect:URL, self, none. Empty: by the identity."),
    Option("login_path", "", "Paths where the application logs people in: a cookie issued there is a new session."),
    Option("dev_user", "", "People the dev login knows, `NAME[:group,...]`. Empty: any name."),
    Option("dev_second_factor", "", "A code that the dev login takes for a second factor. Empty: it knows none."),
    Option("oidc_client_id", "", "The name by which the identity provider knows this guard."),
    Option("oidc_client_secret", "", "Its secret there; empty: NIGHTLATCH_OIDC_CLIENT_SECRET, or a public client."),
    Option("oidc_scope", "openid profile email", "What is asked of the identity provider."),
    Option("oidc_subject_claim", "sub", "The claim that names the person."),
    Option("oidc_groups_claim", "groups", "The claim that lists the person's groups."),
    Option("oidc_silent", "refuse", "allow: let people in whom the provider did not ask anew where it was to."),
    Option("oidc_prompt", "login", "How a fresh login is asked for: login, or select_account where login is unknown."),
    Option("no_store", "off", "on: browsers keep no guarded page, so that the back button shows nothing."),
    Option("clear_site_data", "", "What browsers forget when a session is over: cache, cookies, storage, *."),
    Option("upstream_logout", "", "The application's logout, `[POST ]/PATH`, for when a session ends here."),
    Option("public", "", "Path patterns that need no session."),
    Option("host", "", "Further host names that the guarded site answers for."),
    Option("hosts", "", "Regular mode only: the hosts to guard."),
    Option("trusted_forwarder", "", "Proxies in front, by address or network, whose X-Forwarded-For is believed."),
    Option("allow_origin", "", "Origins whose scripts may read a 401, besides the guard's own and loopback."),
    Option("adopt", "until-issued", "Unknown values of the application's cookie: until-issued, any or issued."),
    Option("allow_reissue", "off", "on: an ended cookie value that the application issues again is a new session."),
    Option("return_parameter", "return_to", "The parameter in which a redirect login expects the way back."),
    Option("respond_as", "nightlatch", "Answer expired requests as another system does, such as oauth2-proxy."),
    Option("session_header", "on", "off: allowed answers carry no Nightlatch-Session header."),
    Option("assertion", "on", "off: the application gets no signed assertion of who is asking."),
    Option("notice", "off", "on: pages warn people before their session ends."),
    Option("control", "", "HOST:PORT (loopback) for the control API and the dashboard. Empty: none."),
    Option("record", "", "Record what passes into this file, for replay. An earlier recording is gone on with."),
    Option("otel", "off", "on: figures are sent by OpenTelemetry, where its own variables say."),
    Option("audit_file", "", "A file that gets every audit event, a line each."),
    Option("audit_syslog", "", "Syslog receivers of every audit event: unix:PATH, udp://, tcp:// or tls://HOST:PORT."),
    Option("audit_format", "jsonl", "How events are written there: jsonl, ecs or ocsf."),
    Option("alert_webhook", "", "URLs that get every alert as signed JSON."),
    Option("alert_webhook_secret", "", "The secret with which webhooks are signed; better given by the environment."),
    Option("alert_notify", "", "apprise URLs that get every alert: Slack, Teams, e-mail … (extra `notify`)."),
    Option("signals_url", "", "A receiver of security event tokens (OpenID Shared Signals, pushed)."),
    Option("signals_key_file", "", "The RSA key, PEM, that signs security event tokens."),
    Option("signals_issuer", "", "The `iss` of security event tokens."),
    Option("signals_audience", "", "The `aud` of security event tokens."),
    Option("signals_token", "", "What that receiver expects as bearer token."),
    Option("simulate_network", "off", "on: a client on this machine may say from which address it comes."),
    Option("asn_file", "", "A MaxMind ASN file: networks of one operator are as familiar as one (extra `geo`)."),
    Option("jwt_issuer", "", "The `iss` that tokens must have."),
    Option("jwt_audience", "", "The `aud` that tokens must have."),
    Option("jwt_algorithms", "RS256 ES256 EdDSA", "The signature algorithms that are accepted."),
    Option("jwt_key_file", "", "A PEM or JWK file with the key that signs tokens."),
    Option("jwks", "", "A JWKS with the keys that sign tokens, URL or file; empty: where the source or issuer says."),
    Option("jwt_signer", "", "The ARN of the AWS load balancer that has to have signed."),
    Option("session_claim", "", "The claim that names a token's session; empty: what goes with the source, or sid."),
)
