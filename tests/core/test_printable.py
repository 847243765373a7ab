"""Nothing that a terminal obeys gets through."""

from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.printable import printable


@given(st.text())
def test_every_character_is_shown_or_replaced(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    assert all(character.isprintable() or character in "\n\t" for character in shown)
    assert printable(text, keep="").isprintable()


def test_titles_colours_and_directions_are_not_obeyed() -> None:
    assert printable("\x1b]0;owned\x07 \u202egnp.exe \u200b\r\n", keep="") == "?]0;owned? ?gnp.exe ???"
