"""What no policy can hold is left out and told; nothing is guessed."""

import pytest

from nightlatch.core.policy_toml import read_policy
from nightlatch.importers.draft import Draft, Scope, render
from nightlatch.importers.fitting import fitting

GOOD = Scope("public /a", "bypass", ("/a/**",), "*.example.com", public=True, methods=("GET",))


@pytest.mark.parametrize(
    "bad",
    [
        GOOD._replace(paths=("/a/**", "//b")),
        GOOD._replace(paths=("/a?x",)),
        GOOD._replace(paths=("/\ud800",)),
        GOOD._replace(host='m"'),
        GOOD._replace(host="https://a"),
        GOOD._replace(methods=("get",)),
    ],
)
def test_a_scope_that_fits_no_policy_is_left_out_and_told(bad: Scope) -> None:
    draft = fitting(Draft("Other", scopes=[bad, GOOD]))
    assert draft.scopes == [GOOD]
    (note,) = draft.notes
    assert note.startswith("bypass: left out, as ")
    assert note.endswith(": write a rule for it")
    read_policy(render(draft, "x"), name="x")


def test_a_passive_path_likewise() -> None:
    draft = fitting(Draft("Other", passive=[("/poll", "URLS"), ("/?", "URLS")]))
    assert draft.passive == [("/poll", "URLS")]
    assert len(draft.notes) == 1
