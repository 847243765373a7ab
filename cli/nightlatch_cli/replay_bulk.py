"""`nightlatch replay --bulk`: logs of any size, judged by arrays. Parses, calls the replay; prints nothing but talk."""

from collections.abc import Sequence
from pathlib import Path

from nightlatch.core.policy import Policy
from nightlatch.replay.exchange import CaptureUnreadable
from nightlatch.replay.readers.columns import Columns
from nightlatch.replay.session_key import SessionKey
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.output import say
from nightlatch_cli.render_progress import progress

INSTALL = "pip install 'nightlatch[bulk]'"


def bulk_document(
    files: Sequence[Path], policies: Sequence[Policy], key: SessionKey | None, columns: Columns, *, relogin: bool
) -> dict[str, object]:
    """The document of a replay of `files`, which are logs.

    Raises:
        Failure: the extra is not installed, or another key than `column` and `address` is asked for (exit code 2); a
            file cannot be read (4); there is no request in them (5).
    """
    try:
        from nightlatch.replay.bulk.replaying import bulk_replay, has_session
    except ImportError as missing:
        fail(ExitCode.USAGE, f"--bulk needs {missing.name}", INSTALL)
    try:
        by = _by(key, has_session(files, columns))
        with progress() as told:
            document = bulk_replay(files, policies, columns=columns, by=by, relogin=relogin, progress=told)
    except CaptureUnreadable as error:
        fail(ExitCode.INPUT, str(error))
    return _checked(document)


def _by(key: SessionKey | None, column: bool) -> str:
    if key is not None and key.kind not in ("column", "address"):
        fail(ExitCode.USAGE, f"--session-key {key}: with --bulk a session is a column or an address")
    if key is None:
        key = SessionKey("column" if column else "address")
        say(f"sessions by {key} (another: --session-key, --columns session=C)")
    elif key.kind == "column" and not column:
        fail(ExitCode.EMPTY, "no column tells the session", "name it: --columns session=C")
    return key.kind


def _checked(document: dict[str, object]) -> dict[str, object]:
    capture = document["capture"]
    if isinstance(capture, dict) and not capture["requests"]:
        fail(ExitCode.EMPTY, f"no requests in {', '.join(capture['files'])}")
    return document
