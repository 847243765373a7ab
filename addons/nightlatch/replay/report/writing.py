"""Which report a file's name asks for."""

from collections.abc import Callable, Mapping
from pathlib import PurePath

import msgspec

from nightlatch.replay.report.junit import junit
from nightlatch.replay.report.markdown import markdown
from nightlatch.replay.report.page import page
from nightlatch.replay.report.sarif import sarif
from nightlatch.replay.report.subject import Subject

Writer = Callable[[Subject], bytes]


def plain(subject: Subject) -> bytes:
    """The document itself, `nightlatch.replay/1`."""
    return msgspec.json.format(msgspec.json.encode(subject.document)) + b"\n"


WRITERS: Mapping[str, Writer] = {".html": page, ".json": plain, ".xml": junit, ".sarif": sarif, ".md": markdown}
"""By the end of the file's name."""


def writer_for(file: PurePath) -> Writer:
    """What writes `file`.

    Raises:
        ValueError: its name ends in nothing that is known; says what is.
    """
    writer = WRITERS.get(file.suffix.lower())
    if writer is None:
        raise ValueError(f"--report {file}: expected a name that ends in {', '.join(WRITERS)}")
    return writer
