import re

import pytest
from tests.web.desk import Desk

from nightlatch.web.pages import TYPES, files


def test_every_file_is_served_without_the_token_and_names_its_type(desk: Desk) -> None:
    for path, file in files().items():
        reply = desk.call("GET", path, token="-")
        assert (reply.status, reply.body) == (200, file.read_bytes())
        assert reply.headers["Content-Type"] == TYPES[file.suffix]
        policy = reply.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy


@pytest.mark.parametrize("path", ["/dashboard/../server.py", "/dashboard/%2e%2e/server.py", "/dashboard/"])
def test_nothing_else_is(desk: Desk, path: str) -> None:
    assert desk.call("GET", path).status == 404


@pytest.mark.parametrize("path", sorted(files()))
def test_nothing_comes_from_elsewhere(path: str) -> None:
    text = files()[path].read_text()
    found = re.findall(r"""(?:src|href|url|import|from)\s*[=(]?\s*["'](?:https?:)?//[^"']*""", text)
    assert found == []
