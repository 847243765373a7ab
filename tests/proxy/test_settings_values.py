"""Single values: words, switches, choices, and the nearest of what is known."""

import pytest

from nightlatch.proxy.settings_values import SettingsInvalid, choice, nearest, switch, words


def test_values() -> None:
    assert words(" a  b\n") == ("a", "b")
    assert choice("adopt", "any", ("any", "issued")) == "any"
    assert (switch("x", "on"), switch("x", "off")) == (True, False)


def test_what_is_not_known_is_told_with_what_is() -> None:
    assert nearest("anny", ("any", "issued")) == "; did you mean `any`?"
    assert nearest("zzz", ("any", "issued")) == "; choose one of any, issued"
    with pytest.raises(SettingsInvalid, match="x `yes` is unknown; choose one of on, off"):
        switch("x", "yes")
