import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.io import tnetstring as theirs

from nightlatch.replay.readers.tnetstring import Broken, decoded, members, piece, pieces

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.binary() | st.text()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4), max_leaves=12)
NAMES = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)


@given(VALUES)
def test_what_mitmproxy_writes_is_read_as_it_was(value: object) -> None:
    written = theirs.dumps(value)  # type: ignore[arg-type] # as hypothesis makes them
    assert decoded(written, piece(written, 0, len(written))) == value


@given(st.dictionaries(NAMES, VALUES | st.dictionaries(NAMES, VALUES, max_size=2), max_size=5), NAMES)
def test_members_are_found_and_the_others_stepped_over(made: dict[str, object], name: str) -> None:
    written = theirs.dumps(made)
    found = members(written, piece(written, 0, len(written)), frozenset((name.encode(),)))
    assert list(found) == ([name.encode()] if name in made else [])
    if name in made and not isinstance(made[name], dict):
        assert decoded(written, found[name.encode()]) == made[name]


def test_a_list_has_no_members_and_nothing_is_none() -> None:
    assert members(b"4:1:7#]", piece(b"4:1:7#]", 0, 7), frozenset((b"a",))) == {}
    assert decoded(b"", None) is None


@pytest.mark.parametrize("text", [b"", b"x", b":", b"5:abc", b"3:abc", b"-1:a,", b"9999999999999:a,"])
def test_what_is_broken_is_said_so(text: bytes) -> None:
    with pytest.raises(Broken):
        piece(text, 0, len(text))


@pytest.mark.parametrize("text", [b"3:abc?", b"3:abc#", b"3:abc^", b"3:9:a]"])
def test_content_that_is_not_what_the_tag_says(text: bytes) -> None:
    with pytest.raises(Broken):
        decoded(text, piece(text, 0, len(text)))


def test_the_length_of_an_inner_element_ends_with_the_outer_one() -> None:
    text = b"5:9:abc]rest,"
    with pytest.raises(Broken, match="breaks off"):
        list(pieces(text, piece(text, 0, len(text))))
    with pytest.raises(Broken):
        members(b"9:1:a,9:abc}xxxxxx", (2, 11), frozenset((b"a",)))


def test_a_key_is_as_long_as_it_says() -> None:
    """Else a name inside a name would be taken for one."""
    content = b"9:b;1:c;1:a,1:1#"
    with pytest.raises(Broken, match="a key that is no plain name"):
        members(content + b"}", (0, len(content)), frozenset((b"a", b"b")))
