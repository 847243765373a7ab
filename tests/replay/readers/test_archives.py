"""What Playwright zips, and other archives."""

import gzip
import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from tests.replay.made import har, har_entry

from nightlatch.replay.exchange import CaptureUnreadable
from nightlatch.replay.readers import archives
from nightlatch.replay.readers.archives import members
from nightlatch.replay.readers.sniff import read_capture
from nightlatch.replay.session_key import choose

DATA = Path(__file__).parents[2] / "data"


def zipped(**files: bytes) -> bytes:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(name.replace("__", "."), content)
    return archive.getvalue()


def test_an_archive_as_playwright_writes_it() -> None:
    """Recorded with Playwright and Chromium: two pages that poll once each, and a form that was sent."""
    capture = read_capture(DATA / "playwright.zip")
    told = [(each.request.method, each.request.path, each.status) for each in capture.exchanges]
    assert told.count(("GET", "/api/poll", 200)) == 3
    assert [each for each in told if each[1] != "/api/poll"] == [
        ("GET", "/a", 200),
        ("GET", "/b", 200),
        ("POST", "/save", 200),
    ]
    assert all(each.set_cookies for each in capture.exchanges)
    choice = choose(capture.exchanges)
    assert choice is not None
    assert str(choice.key) == "cookie:sid"
    assert capture.skipped == []


def test_of_a_recorded_har_only_the_har_is_read_not_the_bodies() -> None:
    found = members("x.zip", zipped(har__har=har(har_entry()), abc__json=b"{}", def__html=b"<html>"))
    assert [each.name for each in found] == ["har.har"]


def test_a_trace_tells_of_the_network() -> None:
    lines = [
        {"type": "context-options"},
        {"type": "resource-snapshot", "snapshot": har_entry(url="https://app.test/a")},
        {"type": "resource-snapshot", "snapshot": har_entry(url="https://app.test/b")},
    ]
    network = "\n".join(json.dumps(line) for line in lines).encode() + b"\nbroken\n"
    (found,) = members("trace.zip", zipped(trace__network=network, trace__trace=b"{}", trace__stacks=b"{}"))
    urls = [entry["request"]["url"] for entry in json.loads(found.content)["log"]["entries"]]
    assert urls == ["https://app.test/a", "https://app.test/b"]


def test_a_single_file_may_be_anything() -> None:
    assert members("x.zip", zipped(access__log=b"x"))[0].content == b"x"


def test_what_is_no_archive_of_captures_is_told() -> None:
    with pytest.raises(CaptureUnreadable, match=r"x.zip: expected a zip file with a .har in it.*a.txt, b.txt"):
        members("x.zip", zipped(a__txt=b"", b__txt=b""))
    with pytest.raises(CaptureUnreadable, match="cannot be unpacked"):
        members("x.zip", zipped(har__har=har(har_entry()))[:-30])
    with pytest.raises(CaptureUnreadable, match="no files in it"):
        members("x.zip", zipped())


@pytest.mark.parametrize("suffix", ["zip", "gz"])
def test_a_bomb_is_not_unpacked(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand to one is what both can be packed to."""
    monkeypatch.setattr(archives, "MOST", 1 << 20)
    zeros = b"0" * (1 << 21)
    (bomb := tmp_path / f"bomb.{suffix}").write_bytes(
        zipped(har__har=zeros) if suffix == "zip" else gzip.compress(zeros)
    )
    with pytest.raises(CaptureUnreadable, match="more than 1 MiB, unpacked"):
        read_capture(bomb)
    monkeypatch.setattr(archives, "MOST", 1 << 22)
    with pytest.raises(CaptureUnreadable, match="expected a HAR"):
        read_capture(bomb)


def test_an_archive_that_belittles_itself_gives_no_more_than_it_says() -> None:
    honest = zipped(har__har=b"0" * (1 << 20))
    size = (1 << 20).to_bytes(4, "little")
    assert honest.count(size) == 2
    with pytest.raises(CaptureUnreadable, match="cannot be unpacked"):
        members("x.zip", honest.replace(size, (1 << 10).to_bytes(4, "little")))


def test_every_archive_that_is_cut_off_or_changed_is_told() -> None:
    good = zipped(a_har=har(har_entry()))
    for at in range(4, len(good)):
        for bad in (good[:at], good[:at] + bytes([good[at] ^ 0x55]) + good[at + 1 :]):
            try:
                members("x", bad)
            except CaptureUnreadable as told:
                assert str(told).startswith("x: ")
