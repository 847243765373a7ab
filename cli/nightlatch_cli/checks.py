"""What `nightlatch doctor` finds: a check is one line, and a state. Here those of the installation itself."""

import platform
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from nightlatch.ledger.schema import SQLITE_VERSION
from nightlatch_cli.versions import version_of

CERTIFICATE = Path("~/.mitmproxy/mitmproxy-ca-cert.pem")
"""Where mitmproxy keeps the certificate with which it signs for guarded https sites."""

_TESTED = range(11, 13)
"""Major versions of mitmproxy that nightlatch is tested with."""


class Health(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARN = "warn"
    """Works, but somebody ought to know."""
    FAIL = "fail"
    """Does not work, or lets requests past the guard."""


class Check(NamedTuple):
    """One line: what was looked at, how it is, and what to do about it."""

    name: str
    health: Health
    message: str


def check_installation() -> Iterator[Check]:
    """Versions, and the certificate."""
    yield Check("nightlatch", Health.OK, version_of("nightlatch"))
    yield Check("python", Health.OK, platform.python_version())
    yield check_mitmproxy(version_of("mitmproxy"))
    yield Check("sqlite", Health.OK, SQLITE_VERSION)
    yield check_certificate(CERTIFICATE.expanduser())


def check_mitmproxy(version: str) -> Check:
    """Whether `version` is one that nightlatch is tested with."""
    major = re.match(r"\d+", version)
    if major is None:
        return Check("mitmproxy", Health.FAIL, f"{version}; nothing can be guarded: pip install nightlatch")
    if int(major[0]) not in _TESTED:
        return Check("mitmproxy", Health.WARN, f"{version} is not tested; 11 and 12 are")
    return Check("mitmproxy", Health.OK, version)


def check_certificate(path: Path) -> Check:
    """Whether mitmproxy's certificate authority is there. Only a guard that listens with https needs it."""
    if path.is_file():
        return Check("certificate", Health.OK, str(path))
    return Check("certificate", Health.OK, f"none yet at {path}; made at the first start, needed for https only")
