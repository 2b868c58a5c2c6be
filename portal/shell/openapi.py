"""The description of the HTTP interface, OpenAPI 3.1, made of the views' own marks and pydantic types."""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files as resources_of
from typing import Any, NamedTuple

from flask import Blueprint, Flask, current_app
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field, TypeAdapter
from werkzeug.routing import Rule

from portal.foundation import apidoc
from portal.people import access, idempotency

ROOT = "/api/v1"
PROBLEM = "application/problem+json"
TITLES = {
    400: "The request can't be read",
    401: "No key, or a wrong one",
    403: "The key lacks the scope",
    404: "There is no such thing",
    409: "It is in another state",
    413: "Too large",
    415: "A media type that is not read here",
    422: "Read and refused",
    429: "Too many requests; see Retry-After",
}
ALWAYS = (400, 401, 403, 429)
BY_KEY = (409, 422)
"""What an idempotency key may bring: it came before with another request, or it is none."""
ABOUT = (
    "A key goes into `Authorization: Bearer …`. Errors are RFC 9457 problem JSON with a stable `code`. Lists are read by `cursor`. "
    "Every write takes an `Idempotency-Key`: the same key and body give the first answer again, another body is refused (409)."
)
blueprint = Blueprint("openapi", __name__, url_prefix=ROOT)


class FieldProblem(BaseModel):
    """A field and what is wrong with it; never its value."""

    field: str
    code: str


class Problem(BaseModel):
    """An error as RFC 9457 has it, with a stable code."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    errors: list[FieldProblem] = Field(default_factory=list)
    facts: dict[str, str] = Field(default_factory=dict)


class _Operation(NamedTuple):
    rule: Rule
    method: str
    described: apidoc.Described
    scope: str | None


@blueprint.get("/openapi.json")
@access.public
def document() -> ResponseReturnValue:
    """The description of every operation under /api/v1."""
    return describe(current_app)


def describe(app: Flask) -> dict[str, Any]:
    """The document of an app."""
    operations = sorted(_operations(app), key=lambda one: (one.rule.rule, one.method))
    types: dict[int, tuple[int, Any, TypeAdapter[Any]]] = {}
    for kind in _types(operations):
        types.setdefault(id(kind), (id(kind), "validation", TypeAdapter(kind)))
    schemas, definitions = TypeAdapter.json_schemas(list(types.values()), ref_template="#/components/schemas/{model}")
    found = {key: schema for (key, _mode), schema in schemas.items()}
    paths: dict[str, Any] = {}
    for one in operations:
        paths.setdefault(_path(one.rule), {})[one.method.lower()] = _operation(one, found)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Soundings", "version": "1", "description": ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in sorted({tag for path in paths.values() for one in path.values() for tag in one["tags"]})],
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operations(app: Flask) -> Iterator[_Operation]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        described = getattr(view, apidoc.MARK, None)
        if described is None or not rule.rule.startswith(ROOT):
            continue
        kind, scope = getattr(view, access.MARK, ("", ""))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield _Operation(rule, method, described, scope if kind == "api" else None)


def _types(operations: list[_Operation]) -> Iterator[Any]:
    yield Problem
    for one in operations:
        yield from (kind for kind in one.described.body.values() if kind is not None)
        yield from (kind for kind in one.described.answers.values() if kind is not None)


def _path(rule: Rule) -> str:
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)


def _operation(one: _Operation, schemas: dict[Any, Any]) -> dict[str, Any]:
    described = one.described
    answers = {str(status): _answer(kind, schemas) for status, kind in described.answers.items()}
    always = (ALWAYS if one.method == "GET" else (*ALWAYS, *BY_KEY)) if one.scope is not None else (400, 429)
    for status in sorted({*always, *described.problems}):
        answers[str(status)] = {"description": TITLES[status], "content": {PROBLEM: {"schema": schemas[id(Problem)]}}}
    operation: dict[str, Any] = {"operationId": one.rule.endpoint, "summary": described.summary, "responses": answers}
    operation["tags"] = [one.rule.rule.removeprefix(ROOT).split("/")[1]]
    if one.scope is not None:
        operation |= {"security": [{"key": []}], "description": f"Needs a key with the scope `{one.scope}`.", "x-scope": one.scope}
    if parameters := [*_in_path(one.rule), *_in_query(described), *_in_head(one)]:
        operation["parameters"] = parameters
    if described.body:
        content = {media: {"schema": schemas[id(kind)]} for media, kind in described.body.items()}
        operation["requestBody"] = {"required": True, "content": content}
    return _with_examples(operation)


def _with_examples(operation: dict[str, Any]) -> dict[str, Any]:
    """Examples are data beside the code, by the operation's name; a test holds each against its schema."""
    found = examples().get(operation["operationId"], {})
    if "body" in found and apidoc.JSON in operation.get("requestBody", {}).get("content", {}):
        operation["requestBody"]["content"][apidoc.JSON]["example"] = found["body"]
    for status, answer in found.get("answers", {}).items():
        content = operation["responses"].get(status, {}).get("content", {})
        if apidoc.JSON in content:
            content[apidoc.JSON]["example"] = answer
    for parameter in operation.get("parameters", []):
        if parameter["name"] in found.get("parameters", {}):
            parameter["example"] = found["parameters"][parameter["name"]]
    return operation


@cache
def examples() -> dict[str, Any]:
    """Examples of bodies, answers and parameters, by operation."""
    text = resources_of(__package__ or "").joinpath("content/api_examples.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _answer(kind: Any, schemas: dict[Any, Any]) -> dict[str, Any]:
    if kind is None:
        return {"description": "Done"}
    return {"description": "Done", "content": {apidoc.JSON: {"schema": schemas[id(kind)]}}}


def _in_path(rule: Rule) -> Iterator[dict[str, Any]]:
    for name in sorted(rule.arguments):
        uuid = type(rule._converters[name]).__name__ == "UUIDConverter"
        shape = {"type": "string", "format": "uuid"} if uuid else {"type": "string", "minLength": 1, "pattern": "^[^/\\u0000]+$"}
        yield {"name": name, "in": "path", "required": True, "schema": shape}


def _in_head(one: _Operation) -> Iterator[dict[str, Any]]:
    if one.method != "GET" and one.scope is not None:
        meaning = "Any text of up to 200 printable ASCII letters. Sent again within 24 hours, the first answer comes back."
        shape = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
        yield {"name": idempotency.HEADER, "in": "header", "required": False, "description": meaning, "schema": shape}


def _in_query(described: apidoc.Described) -> Iterator[dict[str, Any]]:
    for name, meaning in described.query.items():
        yield {"name": name, "in": "query", "description": meaning, "schema": {"type": "string"}}
