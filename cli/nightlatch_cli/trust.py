"""How to make others trust mitmproxy's certificate authority: a line for each language, tool and system.

A guard that is spoken to by https shows certificates that this authority signed. Knows no guard, only where its
certificate lies.
"""

from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import NamedTuple

ADDED = "added to the usual authorities"
ALONE = "in place of the usual authorities: for one command, not for a whole shell"


class Trust(NamedTuple):
    """Who is to trust it, what to type, and what that means for everything else."""

    who: str
    line: str
    meaning: str


def trust_lines(certificate: Path) -> Iterator[Trust]:
    """A line for each; `certificate` is the authority's, in PEM form."""
    yield from _commands(quote(str(certificate)))
    yield from _stores(quote(str(certificate)))


def _commands(pem: str) -> Iterator[Trust]:
    """By variables and options: nothing is left behind."""
    yield Trust("curl", f"curl --cacert {pem} …", ALONE)
    yield Trust("Node.js", f"NODE_EXTRA_CA_CERTS={pem} node …", ADDED)
    yield Trust("Python: ssl, urllib, httpx, aiohttp", f"SSL_CERT_FILE={pem} python …", ALONE)
    yield Trust("Python: requests", f"REQUESTS_CA_BUNDLE={pem} python …", ALONE)
    yield Trust("Ruby, Go and .NET on Linux", f"SSL_CERT_FILE={pem} …", ALONE)
    yield Trust("PHP", f"php -d openssl.cafile={pem} -d curl.cainfo={pem} …", ALONE)
    yield Trust("git", f"GIT_SSL_CAINFO={pem} git …", ALONE)
    yield Trust("Playwright", "use: { ignoreHTTPSErrors: true }", "trusts any certificate, in the tests alone")
    keystore = f"keytool -importcert -noprompt -alias mitmproxy -file {pem} -keystore mitmproxy.p12 -storepass changeit"
    yield Trust("Java: a trust store", keystore, "makes mitmproxy.p12 in this directory")
    options = "-Djavax.net.ssl.trustStore=mitmproxy.p12 -Djavax.net.ssl.trustStorePassword=changeit"
    yield Trust("Java: its use", f"java {options} …", f"{ALONE}; ask for 127.0.0.1, not localhost")


def _stores(pem: str) -> Iterator[Trust]:
    """For everything on a machine, until it is removed again."""
    kept = "for every user of the machine, until removed: only on a machine that is yours"
    debian = f"sudo install -m 644 {pem} /usr/local/share/ca-certificates/mitmproxy.crt && sudo update-ca-certificates"
    yield Trust("Debian, Ubuntu, Alpine", debian, kept)
    yield Trust("Fedora, RHEL", f"sudo trust anchor {pem}", kept)
    keychain = "sudo security add-trusted-cert -d -k /Library/Keychains/System.keychain"
    yield Trust("macOS", f"{keychain} {pem}", kept)
    yield Trust("Windows", f"certutil -user -addstore Root {pem}", "for this user, until removed")
    yield Trust(
        "Chromium and Chrome on Linux",
        f'certutil -d sql:"$HOME/.pki/nssdb" -A -t C,, -n mitmproxy -i {pem}',
        "for this user, until removed; certutil is in libnss3-tools",
    )
    yield Trust("Firefox", "Settings, Privacy & Security, View Certificates, Authorities, Import", f"the file is {pem}")
