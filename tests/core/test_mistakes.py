"""Mistakes as people see them: the place, the line, a caret, and nothing that would steer a terminal."""

from nightlatch.core.mistakes import Mistake, PolicyInvalid

MISTAKE = Mistake("p.toml", 3, 4, 'unknown key "idel"', "one of idle, absolute", "idle", "\t a = 1")


def test_the_caret_stands_below_the_place_also_after_tabs() -> None:
    assert MISTAKE.render() == (
        'p.toml:3:4: unknown key "idel"; expected one of idle, absolute; did you mean "idle"?\n  \t a = 1\n  \t  ^'
    )


def test_without_a_near_word_none_is_offered() -> None:
    assert MISTAKE._replace(nearest=None).message == 'unknown key "idel"; expected one of idle, absolute'


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in MISTAKE._replace(source="\x1b[31mred", found="\x1b]0;x").render()


def test_all_mistakes_are_shown() -> None:
    invalid = PolicyInvalid((MISTAKE, MISTAKE._replace(line=9)))
    assert invalid.render().count("^") == 2
    assert "p.toml:3:4" in str(invalid)
    assert "p.toml:9:4" in str(invalid)
    assert isinstance(invalid, ValueError)
