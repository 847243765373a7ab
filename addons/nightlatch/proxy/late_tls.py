"""TLS for the clients that ask for it: the certificate authority is read, or made, when the first of them comes.

Most guarded sites are plain http on localhost. Reading the authority's key takes a good part of the start, and making
one leaves files in the home directory of somebody who never asked for TLS. Knows nothing of what is guarded.
"""

from collections.abc import Set

from mitmproxy import ctx
from mitmproxy.certs import CertStore

from nightlatch.proxy.lean_mitmproxy import TlsConfig

_ABOUT_THE_STORE = frozenset(("certs", "confdir", "key_size", "cert_passphrase", "emudhra", "emudhra_old"))


class LateTlsConfig(TlsConfig):
    """mitmproxy's TLS addon, under its name."""

    name = "tlsconfig"

    request = None
    """From mitmproxy 12 on this hook answers for a revocation list in the application's place, at every request."""

    _store: CertStore | None = None
    _configured = False

    @property  # type: ignore[override]  # None in mitmproxy, too, before it is configured
    def certstore(self) -> CertStore | None:
        # Before that, mitmproxy looks at every attribute of the addon in search of commands.
        if self._store is None and self._configured:
            super().configure({"confdir"})  # type: ignore[no-untyped-call]  # mitmproxy leaves it bare
        return self._store

    @certstore.setter
    def certstore(self, store: CertStore) -> None:
        self._store = store

    def configure(self, updated: Set[str]) -> None:
        """Check everything else now; certificates that were given are read now, so that a mistake stops the start."""
        if not _ABOUT_THE_STORE.isdisjoint(updated):
            self._store = None
        self._configured = True
        given = {"certs"} if ctx.options.certs else set()
        super().configure((set(updated) - _ABOUT_THE_STORE) | given)  # type: ignore[no-untyped-call]  # as above
