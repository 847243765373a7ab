"""An issuer's web server."""

from collections.abc import Iterator

import pytest
from tests.identity.key_server import KeyServer


@pytest.fixture
def issuer() -> Iterator[KeyServer]:
    server = KeyServer()
    yield server
    server.close()
