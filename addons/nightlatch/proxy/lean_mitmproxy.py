"""The parts of mitmproxy that a reverse proxy needs, imported without the rest.

Importing any one of mitmproxy's addons runs `mitmproxy/addons/__init__.py`, which imports all of them and
with them Flask, the browser launcher, the scripting and the viewers: about half of what `mitmdump` does
before it listens. While this module is imported an empty package stands where that one would; it is taken
away again at once, so that a later `import mitmproxy.addons` finds the real one.

This module knows mitmproxy's layout and nothing of sessions.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import mitmproxy

PACKAGE = "mitmproxy.addons"


@contextmanager
def _empty_addons_package() -> Iterator[None]:
    """An empty `mitmproxy.addons` for the time of the block, unless the real one is already there."""
    if PACKAGE in sys.modules:
        yield
        return
    package = ModuleType(PACKAGE)
    package.__path__ = [str(Path(place) / "addons") for place in mitmproxy.__path__]
    sys.modules[PACKAGE] = package
    try:
        yield
    finally:
        del sys.modules[PACKAGE]
        vars(mitmproxy).pop("addons", None)


with _empty_addons_package():
    from mitmproxy.addons.core import Core
    from mitmproxy.addons.disable_h2c import DisableH2C
    from mitmproxy.addons.next_layer import NextLayer
    from mitmproxy.addons.proxyserver import Proxyserver
    from mitmproxy.addons.tlsconfig import TlsConfig
    from mitmproxy.master import Master

__all__ = ["Core", "DisableH2C", "Master", "NextLayer", "Proxyserver", "TlsConfig"]
