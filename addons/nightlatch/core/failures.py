"""What may be told of an exception that nobody expected: its kind and where it was raised, never its text. That is
made of whatever was at hand (`invalid literal for int(): '…'`), which may be somebody's credential. Pure."""

import re
import traceback

_FRAMES = 4


def where_failed(error: BaseException) -> str:
    """`ValueError at cookies.py:31 in read, gate.py:80 in judge`: the innermost frames, the last call first."""
    frames = traceback.extract_tb(error.__traceback__)[: -_FRAMES - 1 : -1]
    places = ", ".join(f"{_name(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames)
    return f"{type(error).__name__} at {places}" if places else type(error).__name__


def _name(path: str) -> str:
    return re.split(r"[/\\]", path)[-1]
