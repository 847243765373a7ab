"""A guard starts without importing what it does not use, and leaves mitmproxy whole."""

import subprocess
import sys

CHECK = """
import sys
from nightlatch.proxy import lean_mitmproxy
unused = [name for name in ("flask", "mitmproxy.tools.dump", "mitmproxy.addons.onboarding") if name in sys.modules]
assert not unused, unused
import mitmproxy.addons
assert len(mitmproxy.addons.default_addons()) > 20
assert mitmproxy.addons.core.Core is lean_mitmproxy.Core
"""

ALREADY_THERE = """
import mitmproxy.addons
from nightlatch.proxy import lean_mitmproxy
assert sys.modules["mitmproxy.addons"].default_addons
assert mitmproxy.addons.core.Core is lean_mitmproxy.Core
"""


def _run(code: str) -> None:
    path = f"import sys; sys.path[:0] = {sys.path!r}\n"
    subprocess.run([sys.executable, "-c", path + code], check=True, timeout=60)


def test_the_rest_of_mitmproxy_is_not_imported_and_can_be_later() -> None:
    _run(CHECK)


def test_addons_that_are_there_already_are_the_same_ones() -> None:
    _run(ALREADY_THERE)
