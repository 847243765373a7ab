"""Access logs of Apache and nginx, and lines that are none."""

import pytest

from nightlatch.replay.exchange import CaptureUnreadable
from nightlatch.replay.readers.access_log import is_access_log, parsed, read_access_log
from nightlatch.replay.readers.views import Views

COMMON = '192.0.2.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif?x=1 HTTP/1.0" 200 2326'
COMBINED = COMMON + ' "http://app.test/start" "Mozilla/4.08 [en] (Win98; I \\"x\\")"'


def _read(*lines: str, **named: str) -> tuple[list[str], list[str]]:
    capture = read_access_log("x.log", "\n".join(lines).encode(), Views(), named)
    return [f"{each.request.method} {each.request.path}" for each in capture.exchanges], [
        f"{skip.at}: {skip.why}" for skip in capture.skipped
    ]


def test_the_common_and_the_combined_format() -> None:
    capture = read_access_log("x.log", f"{COMMON}\n{COMBINED}\n".encode(), Views(), {})
    assert [each.at for each in capture.exchanges] == [971_211_336_000_000] * 2
    assert [each.request.address for each in capture.exchanges] == ["192.0.2.1"] * 2
    assert [each.request.header("user-agent") for each in capture.exchanges] == ["", 'Mozilla/4.08 [en] (Win98; I "x")']
    assert [each.status for each in capture.exchanges] == [200, 200]


def test_a_virtual_host_before_and_fields_behind() -> None:
    fields = parsed(f'app.test:443 {COMBINED} "203.0.113.9" rt=0.120 "sid=a"')
    assert fields is not None
    assert (fields["vhost"], fields["address"], fields["user"]) == ("app.test:443", "192.0.2.1", "frank")
    assert (fields["extra1"], fields["rt"], fields["extra3"]) == ("203.0.113.9", "0.120", "sid=a")


def test_any_field_can_be_the_session() -> None:
    capture = read_access_log("x.log", f"{COMBINED} rt=2.5".encode(), Views(), {"session": "user", "duration": "rt"})
    (found,) = capture.exchanges
    assert (found.request.header(":session"), found.duration) == ("frank", 2_500_000)


def test_lines_that_are_none_are_named_and_the_rest_is_read() -> None:
    bad = COMMON.replace("GET /a.gif?x=1 HTTP/1.0", r"\x16\x03\x01")
    dash = COMMON.replace("GET /a.gif?x=1 HTTP/1.0", "-")
    assert _read(COMMON, "", "garbage", bad, dash, COMMON.replace("/Oct/", "/Foo/"), COMMON.replace("GET", "HEAD")) == (
        ["GET /a.gif", "HEAD /a.gif"],
        [
            "line 3: no line of an access log",
            r"line 4: no request: '\x16\x03\x01'",
            "line 5: no request: ''",
            "line 6: no time: '10/Foo/2000:13:55:36 -0700'",
        ],
    )


def test_addresses_of_every_kind() -> None:
    for address in ("::1", "2001:db8::1", "host.example", "-"):
        fields = parsed(COMMON.replace("192.0.2.1", address))
        assert fields is not None
        assert (fields["address"], "vhost" in fields) == (address, False)


def test_a_field_that_is_not_there_is_told() -> None:
    with pytest.raises(CaptureUnreadable, match=r"x\.log: there is no column 'who'; there are vhost, address"):
        _read(COMMON, session="who")


def test_it_is_known_by_one_of_its_first_lines() -> None:
    assert is_access_log(f"# a comment\n{COMMON}\n".encode())
    assert not is_access_log(b"a,b,c\n1,2,3\n")
    assert not is_access_log(b"")


def test_a_hostile_line_takes_no_longer_than_its_length() -> None:
    assert parsed('1 - - [10/Oct/2000:13:55:36 -0700] "' + "\\" * 50_001) is None
    assert parsed("a " * 50_000) is None
