"""Bearer tokens for the tests of the replay; nobody checks their signature."""

import base64
import json
from typing import Any

from tests.replay.made import T0


def jwt(**claims: Any) -> str:
    """An unsigned JWT; `iat`, `exp`, `nbf` and `auth_time` in seconds after the beginning of the timelines."""
    times: dict[str, Any] = {name: claims[name] + T0 for name in ("iat", "exp", "nbf", "auth_time") if name in claims}
    return f"{_segment({'alg': 'none'})}.{_segment({**claims, **times})}.c2ln"


def _segment(document: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()
