import pytest
from tests.docs.snippets import Command, File, commands, differs, parts

PAGE = """\
<!-- file: a.toml -->
```toml
[session]
```

```console
$ not marked
```

<!-- run: exit 3 -->
```console
$ one \\
    two
printed
$ three
```

<!-- run: terminal -->
```console
$ four
```
"""


def test_only_marked_blocks_are_run_in_their_order() -> None:
    assert list(parts(PAGE)) == [
        File("a.toml", "[session]\n"),
        Command("one \\\n    two", "printed\n", 0),
        Command("three", "", 3),
        Command("four", "", 0, terminal=True),
    ]


def test_a_block_without_a_command_is_none() -> None:
    assert list(commands("", 0)) == []


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("a  b\n", "a b"),
        ("at 2026-11-23T22:46:37.408Z", "at 2031-01-01T00:00:00.000Z"),
        ("elapsed=1860; limit=1800", "elapsed=1863; limit=1800"),
        ("HTTP/1.1 200 OK\n…\nLast: 1\n", "HTTP/1.1 200 OK\nA: b\nC: d\nLast: 1"),
        ("first\n…\n", "first"),
        ("first\n…\n", "first\nsecond\nthird"),
        ("id=ejjjgb3q1", "id=abcdefghi"),
        ("token … end", "token anything at all end"),
    ],
)
def test_what_differs_from_run_to_run_may(shown: str, printed: str) -> None:
    assert differs(shown, printed, {}) == ""


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("401", "200"),
        ("elapsed=1860", "elapsed=1960"),
        ("first\nsecond", "first"),
        ("first", "first\nsecond"),
        ("k42rvs2wcxk7 of k42rvs2wcxk7", "k42rvs2wcxk8 of k42rvs2wcxk9"),
        ("at 2026-11-23T22:46:37.408Z", "at noon"),
        ("a.b", "axb"),
    ],
)
def test_what_is_wrong_is_told(shown: str, printed: str) -> None:
    assert differs(shown, printed, {}) != ""


def test_names_are_learnt() -> None:
    names: dict[str, str] = {}
    assert differs("k42rvs2wcxk7 ada", "abcdefghijkl ada", names) == ""
    assert names == {"k42rvs2wcxk7": "abcdefghijkl"}
    assert differs("k42rvs2wcxk7", "zzzzzzzzzzzz", names) != ""
