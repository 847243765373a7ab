"""How the shared SQL becomes PostgreSQL's."""

import pytest

from nightlatch.ledger.postgres.dialect import translated


@pytest.mark.parametrize(
    ("shared", "text", "names"),
    [
        ("SELECT a FROM t WHERE b = ? AND c = ?", "SELECT a FROM t WHERE b = $1 AND c = $2", ()),
        ("SELECT ?2, ?1, ?2", "SELECT $2, $1, $2", ()),
        ("SET a = :at, b = :who WHERE c < :at", "SET a = $1, b = $2 WHERE c < $1", ("at", "who")),
        ("SELECT 'what? :at json_array(' , \"limit\"", "SELECT 'what? :at json_array(' , \"limit\"", ()),
        ("SELECT 'it''s?', ?", "SELECT 'it''s?', $1", ()),
        ("SELECT a::text FROM t", "SELECT a::text FROM t", ()),
        ("THEN json_array(a, b) END", "THEN json_build_array(a, b) END", ()),
    ],
)
def test_values_are_marked_as_the_server_wants_it(shared: str, text: str, names: tuple[str, ...]) -> None:
    assert translated(shared) == (text, names)


def test_values_by_name_come_in_the_order_of_their_marks() -> None:
    asked = translated("SET a = :at, b = :who")
    assert asked.ordered({"who": "ada", "at": 1, "more": 2}) == [1, "ada"]
    assert translated("SET a = ?").ordered((7,)) == (7,)
