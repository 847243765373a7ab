"""Places in a TOML text: every key that `tomllib` finds has one, and it points at that key and value."""

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.toml_places import Path, Place, Spot, places

TEXT = '''\
# a comment with [brackets] and a = b
top = 1
"quoted key" . 'x' = "a ] b # c"

[a.b]  # table
c = [1, [2, "]"], { d = 3, e.f = """x
} ]""" },
     # comment, ]
  4]

[[rule]]
name = 'one'
match = { path = ["/x", "/y"] }
[[rule]]
name = \'\'\'two
[[rule]]\'\'\'
  [rule.match]
  path = "/z"
'''


def place(path: Path) -> Spot:
    return places(TEXT)[path]


def test_keys_and_values() -> None:
    assert place(("top",)) == (Place(2, 1), Place(2, 7))
    assert place(("quoted key", "x")) == (Place(3, 16), Place(3, 22))
    assert place(("a", "b")) == (Place(5, 4), Place(5, 4))
    assert place(("a", "b", "c")) == (Place(6, 1), Place(6, 5))


def test_arrays_and_inline_tables() -> None:
    assert place(("a", "b", "c", 1, 1)).value == Place(6, 13)
    assert place(("a", "b", "c", 2, "e", "f")) == (Place(6, 30), Place(6, 34))
    assert place(("a", "b", "c", 3)) == (Place(9, 3), Place(9, 3))


def test_arrays_of_tables() -> None:
    assert place(("rule", 0, "name")) == (Place(12, 1), Place(12, 8))
    assert place(("rule", 0, "match", "path", 1)) == (Place(13, 25), Place(13, 25))
    assert place(("rule", 1)) == (Place(14, 3), Place(14, 3))
    assert place(("rule", 1, "match", "path")) == (Place(18, 3), Place(18, 10))
    assert ("rule", 2) not in places(TEXT)


def test_nothing_is_nowhere() -> None:
    assert places("") == places("# only\n\n  # comments") == {}


def paths_of(value: Any, path: Path = ()) -> set[Path]:
    inner: set[Path] = set()
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        inner |= {(*path, key)} | paths_of(item, (*path, key))
    return inner


def test_every_key_has_its_place() -> None:
    assert set(places(TEXT)) == paths_of(tomllib.loads(TEXT))


KEYS = st.sampled_from(["a", "b-c", '"d.e"', "'#'", "1"])
SCALARS = st.sampled_from(
    [
        "1",
        "-2.5e3",
        "true",
        "1979-05-27 07:32:00",
        '"a"',
        '""',
        "''",
        '"\\""',
        '"""a"b""c"""',
        '"""x\ny"""""',
        "'''],}'''",
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[ " + ",\n".join(items) + " # ]\n]")
        | st.lists(inner, max_size=2).map(
            lambda items: "{" + ", ".join(f"k{i} = {v}" for i, v in enumerate(items)) + "}"
        )
    ),
    max_leaves=6,
)
LINES = st.one_of(
    st.tuples(st.lists(KEYS, min_size=1, max_size=2), VALUES).map(lambda line: f"{' . '.join(line[0])} = {line[1]}"),
    st.lists(KEYS, min_size=1, max_size=3).map(lambda keys: f"[{'.'.join(keys)}]"),
    st.lists(KEYS, min_size=1, max_size=2).map(lambda keys: f"[[ {'.'.join(keys)} ]] # x"),
    st.just("# a = [ 1"),
)


@given(st.lists(LINES, max_size=8).map("\n".join))
def test_places_and_parser_agree_on_whatever_is_TOML(text: str) -> None:
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = places(text)
    assert set(found) == paths_of(parsed)
    lines = text.split("\n")
    assert all(lines[spot.key.line - 1][spot.key.column - 1 :].strip() for spot in found.values())


@given(st.recursive(st.integers() | st.text(alphabet='a"]}#', max_size=3), st.lists, max_leaves=8))
def test_a_value_begins_where_its_spot_says(value: object) -> None:
    shown = repr(value).replace("'", '"') if '"' not in repr(value) else '"x"'
    text = f"\n  k =   {shown}"
    spot = places(text)[("k",)]
    assert spot == Spot(Place(2, 3), Place(2, 9))
