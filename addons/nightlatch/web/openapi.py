"""The OpenAPI document, made of the table of routes and the shapes: there is nothing else to keep in step with them."""

from functools import lru_cache
from typing import Any

import msgspec

from nightlatch.core.durations import EXPECTED
from nightlatch.web import problems, shapes
from nightlatch.web.routes import ROUTES, Route
from nightlatch.web.stream import CONTENT_TYPE

_REFERENCE = "#/components/schemas/{name}"
_ANY_ROUTE = {400: "Something that was sent cannot be used", 403: "From a page of another origin", 421: "Another Host"}
_OWN = {
    404: "There is no such session",
    406: "It is a stream",
    409: "The guard cannot do that, or somebody else was faster",
    412: "Changed meanwhile",
    422: "The policy has mistakes",
}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The whole document."""
    used = [route.gives for route in ROUTES] + [route.body for route in ROUTES if route.body] + [shapes.Problem]
    schemas, components = msgspec.json.schema_components([*used, *{r.query for r in ROUTES}], ref_template=_REFERENCE)
    given = dict(zip(map(repr, used), schemas, strict=False))
    paths: dict[str, Any] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, given, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "nightlatch control API",
            "version": "1",
            "description": f"See, change and test the sessions of a guard. A duration is {EXPECTED}.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _operation(route: Route, given: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{route.answer.__module__.rpartition('.')[2]}_{route.answer.__name__}",
        "summary": " ".join((route.answer.__doc__ or "").split()),
        "parameters": [*_path_parameters(route), *_query_parameters(route, components)],
        "responses": _responses(route, given),
    }
    if route.body is not None:
        content = {"application/json": {"schema": given[repr(route.body)]}}
        operation["requestBody"] = {"required": _needed(route, components), "content": content}
    if route.open:
        operation["security"] = []
    return operation


def _needed(route: Route, components: dict[str, Any]) -> bool:
    return bool(components[route.body.__name__].get("required")) if route.body else False


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    if "{id}" not in route.path:
        return []
    schema = {"type": "string", "minLength": 1}
    return [{"name": "id", "in": "path", "required": True, "schema": schema, "description": "A session's id."}]


def _query_parameters(route: Route, components: dict[str, Any]) -> list[dict[str, Any]]:
    shape = components[route.query.__name__]
    needed = shape.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": _without_null(schema)}
        for name, schema in shape["properties"].items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query parameter is left out where it is null: there is no other way to write it."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind.get("type") != "null"]
    plain = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
    found = {**plain, **(kinds[0] if kinds else {})}
    if None in found.get("enum", ()):
        found["enum"] = [value for value in found["enum"] if value is not None]
    return found


def _responses(route: Route, given: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {route.media: {"schema": given[repr(route.gives)]}}
    if route.stream is not None:
        content[CONTENT_TYPE] = {"schema": {"type": "string"}}
    refused = {**_ANY_ROUTE, **({} if route.open else {401: "Without the token"}), 503: "The ledger cannot be used"}
    refused |= {status: _OWN[status] for status in route.refuses}
    error = {problems.CONTENT_TYPE: {"schema": given[repr(shapes.Problem)]}}
    return {
        str(route.status): {"description": "Done", "content": content},
        **{str(status): {"description": why, "content": error} for status, why in sorted(refused.items())},
    }
