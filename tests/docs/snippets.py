"""The examples of a page, as they are written there: blocks marked with `<!-- run -->`, and the files that they need.

    <!-- file: acme.toml -->         the block below is this file
    <!-- run -->                     the console block below is run, command by command, and what it prints compared
    <!-- run: exit 3 -->             the same; its last command ends with 3
    <!-- run: terminal -->           the same, by somebody at a terminal of 100 columns

In what is shown `…` stands for anything (alone on a line: for any lines), instants for any instant, numbers from 1000
on for any within two per cent, and ids of sessions and decisions (with a digit in them) for any: a command that names
such an id later gets the real one.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

BLOCK = re.compile(r"^<!-- (file|run)(?:: ([^>]+))? -->\n+```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TOKEN = re.compile(
    r"(?P<instant>\d{4}-\d\d-\d\dT[\d:.]+Z)"
    r"|(?P<id>\b(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{9,12}\b)"
    r"|(?P<number>\b\d{4,}\b)"
    r"|(?P<lines>^ ?…\n)"
    r"|(?P<any>…)",
    re.MULTILINE,
)
SHAPES = {
    "instant": r"\d{4}-\d\d-\d\dT[\d:.]+Z",
    "id": "([a-z0-9]{9,12})",
    "number": r"(\d{4,})",
    "lines": r"(?:[^\n]*\n)*?",
    "any": r"[^\n]*?",
}


class Command(NamedTuple):
    """One command, and what the page says that it prints; nothing: the page does not say."""

    line: str
    shown: str
    exit: int
    terminal: bool = False


class File(NamedTuple):
    """A file that the page shows."""

    name: str
    text: str


def parts(page: str) -> Iterator[Command | File]:
    """What a page marks, in its order."""
    for mark, more, _, text in BLOCK.findall(page):
        if mark == "file":
            yield File(more.strip(), text)
        else:
            terminal = more == "terminal"
            found = commands(text, 0 if terminal or not more else int(more.removeprefix("exit ")))
            yield from (each._replace(terminal=terminal) for each in found)


def commands(block: str, exit_code: int) -> Iterator[Command]:
    """The commands of a console block: `$ ` begins one, a backslash at the end of a line goes on with it."""
    found = [each for each in re.split(r"^\$ ", block, flags=re.MULTILINE) if each.strip()]
    for each in found:
        line = re.findall(r"\A(?:[^\n]*\\\n)*[^\n]*", each)[0]
        yield Command(line, each[len(line) + 1 :], exit_code if each is found[-1] else 0)


def differs(shown: str, printed: str, names: dict[str, str]) -> str:
    """What is wrong with `printed`, "" if nothing; `names` learns which id of the page is which id of this run."""
    shown, printed = plain(shown), plain(printed)
    tokens = list(TOKEN.finditer(shown))
    kinds = [str(token.lastgroup) for token in tokens]
    literal = [re.escape(each) for each in re.split("\0", TOKEN.sub("\0", shown))]
    pattern = literal[0] + "".join(SHAPES[kind] + text for kind, text in zip(kinds, literal[1:], strict=True))
    match = re.fullmatch(pattern, printed)
    if match is None:
        return f"the page shows\n{shown}\nand it printed\n{printed}"
    told = [(kind, token[0]) for kind, token in zip(kinds, tokens, strict=True) if kind in ("id", "number")]
    for (kind, ours), real in zip(told, match.groups(), strict=True):
        if kind == "id" and names.setdefault(ours, real) != real:
            return f"{ours} is {names[ours]} in one place and {real} in another"
        if kind == "number" and abs(int(ours) - int(real)) > int(ours) * 0.02:
            return f"the page says {ours}, and it printed {real}"
    return ""


def plain(text: str) -> str:
    """Without the widths of columns, which hang on the terminal."""
    return "".join(re.sub(r"\s+", " ", line).rstrip() + "\n" for line in text.strip().splitlines())
