import json
from pathlib import Path

import pytest
from tests.replay.report.made import subject

from nightlatch.replay.report.writing import WRITERS, writer_for


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("r.html", b"<!doctype html>"),
        ("R.HTML", b"<!doctype html>"),
        ("r.json", b"{"),
        ("r.xml", b"<?xml"),
        ("r.sarif", b"{"),
        ("r.md", b"## "),
    ],
)
def test_the_name_tells_what_is_written(name: str, begins: bytes) -> None:
    assert writer_for(Path(name))(subject()).lstrip().startswith(begins)


def test_another_name_is_told_what_there_is() -> None:
    with pytest.raises(ValueError, match=r"r\.pdf: expected a name that ends in \.html, \.json, \.xml, \.sarif, \.md"):
        writer_for(Path("r.pdf"))


def test_json_is_the_document() -> None:
    made = subject()
    assert json.loads(WRITERS[".json"](made)) == json.loads(json.dumps(made.document))
