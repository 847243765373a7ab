from tests.web.desk import Desk

from nightlatch.web.openapi import document
from nightlatch.web.routes import ROUTES


def test_every_route_is_described() -> None:
    described = {(path, method.upper()) for path, at in document()["paths"].items() for method in at}
    assert described == {(route.path, route.method) for route in ROUTES}


def test_the_document_is_served_to_anyone(desk: Desk) -> None:
    reply = desk.call("GET", "/openapi.json", token="-")
    assert (reply.status, reply.json) == (200, document())


def test_names_are_unique_and_errors_have_one_shape() -> None:
    operations = [operation for at in document()["paths"].values() for operation in at.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for operation in operations:
        assert operation["summary"]
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                schema = response["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}


def test_only_what_tells_nothing_is_open() -> None:
    open_ = {path for path, at in document()["paths"].items() for o in at.values() if o.get("security") == []}
    assert open_ == {"/livez", "/readyz", "/openapi.json"}
