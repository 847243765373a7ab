import shlex
from pathlib import Path

import pytest

from nightlatch_cli.trust import trust_lines


@pytest.mark.parametrize("place", ["/home/ada/.mitmproxy/mitmproxy-ca-cert.pem", "/home/ada's files/ca; rm -rf x.pem"])
def test_every_line_is_one_command_whatever_the_files_name(place: str) -> None:
    lines = list(trust_lines(Path(place)))
    assert len({trust.who for trust in lines}) == len(lines)
    for trust in lines:
        words = shlex.split(trust.line)
        assert all("rm" not in word.split() or place in word for word in words)
        names = [word for word in words if place in word]
        assert names or trust.who in {"Playwright", "Java: its use", "Firefox"}
