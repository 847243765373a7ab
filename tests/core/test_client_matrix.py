"""One table of answers: the code goes by it, the document shows it, and every client in it really gets its row."""

import re
from pathlib import Path

import pytest
from tests.core.test_respond import DENIED, DEV, ERROR, EXPIRED, INVALID, LOGIN, REFUSED, STEP_UP, PlainPages

from nightlatch.core.client_kind import ClientKind, client_kind
from nightlatch.core.client_matrix import CLIENTS, GRPC_STATUS, MATRIX, Client, Form, Outcome, outcome, table
from nightlatch.core.request import RequestView
from nightlatch.core.respond import ResponseSpec, respond
from nightlatch.core.verdict import Kind, Verdict

DOCUMENT = Path(__file__).parents[2] / "docs" / "in-flight.md"
VERDICTS = {
    Outcome.TURNED_AWAY: (LOGIN, EXPIRED, REFUSED, INVALID),
    Outcome.STEP_UP: (STEP_UP,),
    Outcome.DENIED: (DENIED,),
    Outcome.ERROR: (ERROR,),
}
OWN_CELL = re.compile(r"(?:(\d{3}) (.+)|`grpc-status: (\d+)`|passes untouched)")


def asked(client: Client) -> RequestView:
    headers = {name: (value,) for name, value in client.headers.items()}
    return RequestView(client.method, "localhost", "/a", "", headers, "")


def shown(spec: ResponseSpec) -> str:
    """An answer, told as the table tells it, from what is in it alone."""
    fields = {name.lower(): value for name, value in spec.headers}
    if "grpc-status" in fields:
        return f"`grpc-status: {fields['grpc-status']}`"
    if "location" in fields:
        return f"{spec.status} {Form.LOGIN}"
    if "hx-redirect" in fields:
        return f"{spec.status} {Form.HTMX}"
    kinds = {"application/problem+json": Form.PROBLEM, "text/html": Form.PAGE}
    return f"{spec.status} {kinds.get(fields.get('content-type', ''), Form.BARE)}"


def documented() -> tuple[tuple[str, ...], ...]:
    """The table as the document has it."""
    _, _, rest = DOCUMENT.read_text(encoding="utf-8").partition("<!-- matrix:begin -->\n")
    rows = rest.partition("<!-- matrix:end -->")[0].splitlines()
    return tuple(tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows if not row.startswith("|--"))


def test_the_document_shows_the_table_that_the_code_goes_by() -> None:
    assert documented() == table()


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_a_client_is_told_by_what_it_sends(client: Client) -> None:
    assert client_kind(asked(client)) is client.kind


@pytest.mark.parametrize("row", documented()[1:], ids=lambda row: row[0])
def test_every_cell_of_the_document_is_what_the_client_gets(row: tuple[str, ...]) -> None:
    client = next(each for each in CLIENTS if each.name == row[0])
    for cell, wanted in zip(row[1:], Outcome, strict=True):
        assert OWN_CELL.fullmatch(cell)
        for verdict in VERDICTS[wanted]:
            spec = respond(verdict, asked(client), DEV, "abc-1", PlainPages())
            assert spec is not None
            if cell != "passes untouched":
                assert shown(spec) == cell


def test_every_kind_of_client_is_met_and_has_a_whole_row() -> None:
    assert {client.kind for client in CLIENTS} == set(ClientKind) == set(MATRIX)
    assert all(set(row) == set(Outcome) for row in MATRIX.values())
    assert set(GRPC_STATUS) == set(Outcome)


@pytest.mark.parametrize("kind", [kind for kind in Kind if not Verdict(kind, "").passes])
def test_every_verdict_that_does_not_pass_has_its_column(kind: Kind) -> None:
    assert any(verdict.kind is kind for verdict in VERDICTS[outcome(kind)])
