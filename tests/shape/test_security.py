"""What no line of the code may do, whoever writes it."""

import re
from pathlib import Path

import pytest
from tests.shape.sources import modules, name

from nightlatch_cli.app import app

FORBIDDEN = {
    "a certificate that is not verified": r"verify=False|CERT_NONE|_create_unverified|check_hostname *= *False|"
    r"validate_cert *= *False|ssl_insecure",
    "data that is code": r"\bpickle\b|\bmarshal\.loads?\(|(?<![\w.])eval\(|(?<![\w.])exec\(|yaml\.load\(|shell=True",
    "a page that is not escaped": r"autoescape=False|\|\s*safe\b",
    "a secret of poor randomness": r"\brandom\.(random|randint|choice|getrandbits|randbytes)\(",
    "a file in a place that others can foresee": r"\btempfile\.mktemp\(|[\"']/tmp/",
}


OURS = re.compile(r"""\{\{ style\|safe \}\}|' class="number"' \| safe""")
"""Texts of the package itself that stand in a page as they are: its style sheet, an attribute."""


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nowhere_is_there(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    assert [name(path) for path in modules() if pattern.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_search_finds_what_it_is_for(what: str) -> None:
    samples = {
        "a certificate that is not verified": "fetch(url, verify=False)",
        "data that is code": "    pickle.load(file)",
        "a page that is not escaped": "{{ name | safe }}",
        "a secret of poor randomness": "token = random.getrandbits(64)",
        "a file in a place that others can foresee": 'Path("/tmp/ready")',
    }
    assert re.search(FORBIDDEN[what], samples[what])


def test_templates_escape_everything() -> None:
    pattern = re.compile(FORBIDDEN["a page that is not escaped"])
    folders = {path.parent for path in modules()}
    templates = [file for folder in folders for file in (folder / "templates").glob("*.html")]
    assert len(templates) > 10
    texts = {name(Path(file)): file.read_text("utf-8") for file in templates}
    unescaped = {place: OURS.sub("", text) for place, text in texts.items()}
    assert [place for place, text in unescaped.items() if pattern.search(text)] == []


def test_a_traceback_shows_no_values() -> None:
    assert app.pretty_exceptions_enable is False
    assert app.pretty_exceptions_show_locals is False
