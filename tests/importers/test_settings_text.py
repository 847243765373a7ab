import contextlib

import pytest

from nightlatch.importers import settings_text
from nightlatch.importers.draft import ImportFailed


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("^/health$", "/health"),
        ("^/health", "/health/**"),
        ("^/static/.*", "/static/**"),
        ("^/static/.*$", "/static/**"),
        (r"^/a\.js$", "/a.js"),
        ("/x", "/x/**"),
        ("^/$", "/"),
        ("^/(a|b)", None),
        ("^/a[0-9]$", None),
        (".*", None),
        (r"^/\d+$", None),
    ],
)
def test_plain_regular_expressions_are_paths(pattern: str, path: str | None) -> None:
    assert settings_text.path_of_regex(pattern) == path


@pytest.mark.parametrize("read", [settings_text.yaml, settings_text.json_object, settings_text.toml])
@pytest.mark.parametrize("text", ["[1, 2", "{", "- a\n- b: [", "&a [*a", "\x00"])
def test_what_cannot_be_read_is_told(read: object, text: str) -> None:
    assert callable(read)
    with pytest.raises(ImportFailed):
        read(text)


def test_deep_nesting_is_told_too() -> None:
    for read in (settings_text.json_object, settings_text.toml, settings_text.yaml):
        with pytest.raises(ImportFailed):
            read("a = " * (read is settings_text.toml) + "[" * 20000)


def test_properties_are_names_and_values() -> None:
    found = settings_text.properties("# no\n! no\na.b = c d \ne:f\n\nbad line\n")
    assert found == {"a.b": "c d", "e": "f"}


def test_a_mapping_and_a_list_of_them_are_asked_for() -> None:
    assert settings_text.mapping(None, "x") == {} and settings_text.entries(None, "x") == []
    for read, value in ((settings_text.mapping, [1]), (settings_text.entries, {}), (settings_text.entries, ["a"])):
        with pytest.raises(ImportFailed):
            read(value, "x")


@pytest.mark.parametrize("text", ["!!float x", "!!float", "!!int", "? [a]\n: 1", "!!timestamp x", "a: !!binary ä"])
def test_a_tag_whose_value_is_of_another_type_is_told_if_it_matters(text: str) -> None:
    with contextlib.suppress(ImportFailed):
        settings_text.yaml(text)


def test_what_is_odd_in_somebody_elses_code_is_no_warning_of_ours() -> None:
    settings_text.python("a = '\\d'; b = 1if 0 else 2")
    settings_text.yaml("a: &x 1\nb: &x 2\n")
    for nested in ("[" * 5_000, "(" * 150 + ")" * 150):
        with contextlib.suppress(ValueError):
            settings_text.python(nested)
