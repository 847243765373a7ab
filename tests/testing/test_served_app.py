from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from tests.example.app import app

from nightlatch.testing.served_app import served


def test_an_application_is_there_for_as_long_as_it_is_wanted() -> None:
    with served(app) as url:
        where = urlsplit(url).netloc
        connection = HTTPConnection(where, timeout=60)
        connection.request("GET", "/api/unread")
        assert connection.getresponse().read() == b'{"unread": 3}'
        connection.close()
    with pytest.raises(OSError):
        HTTPConnection(where, timeout=60).request("GET", "/")
