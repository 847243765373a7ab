"""How recorded traffic gets into a command, and what is said when there is nothing in it to work on."""

from pathlib import Path

import pytest
from tests.replay.made import har, har_entry, policy

from nightlatch.replay.session_key import SessionKey
from nightlatch_cli.captured import read_timeline, session_key, settle
from nightlatch_cli.exits import ExitCode, Failure


def _written(tmp_path: Path, *entries: object) -> Path:
    file = tmp_path / "a.har"
    file.write_bytes(har(*entries))
    return file


def test_the_key_that_is_used_is_told_with_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    times = read_timeline([_written(tmp_path, har_entry(headers={"Cookie": "sid=a; theme=b"}))], [policy()], None)
    assert settle(None, times) == SessionKey("cookie", "sid")
    assert "sessions by cookie:sid: its name" in capsys.readouterr().err


def test_a_capture_without_cookies_is_explained_browser_by_browser(tmp_path: Path) -> None:
    times = read_timeline([_written(tmp_path, har_entry(headers={}))], [policy()], None)
    with pytest.raises(Failure) as failure:
        settle(None, times)
    assert failure.value.code is ExitCode.EMPTY
    assert "Chrome" in failure.value.hint
    assert "Firefox" in failure.value.hint


def test_a_key_is_read_or_the_choices_are_named() -> None:
    assert session_key("auto") is None
    assert session_key("cookie:sid") == SessionKey("cookie", "sid")
    with pytest.raises(Failure) as failure:
        session_key("cookies:sid")
    assert failure.value.code is ExitCode.USAGE
    assert "Did you mean cookie?" in failure.value.message
