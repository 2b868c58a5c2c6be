"""A page to try the programming interface, made from its own description."""

import json
from typing import Any

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.i18n import _
from portal.people import access
from portal.shell.api_words import AREAS, answer_text
from portal.shell.openapi import describe

blueprint = Blueprint("api_page", __name__, url_prefix="/portal/api")
READ = "api_keys.edit"


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Every operation with a form; requests go from the browser with a key that is typed in and kept nowhere."""
    return web.render("portal/shell/api.html", areas=areas(describe(current_app)), names=AREAS)


def areas(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The operations of a description by area, as the page shows them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            found.setdefault(one["tags"][0], []).append(_shown(path, method, one))
    return dict(sorted(found.items()))


def _shown(path: str, method: str, one: dict[str, Any]) -> dict[str, Any]:
    body = one.get("requestBody", {}).get("content", {}).get("application/json")
    example = json.dumps(body.get("example", {}), ensure_ascii=False, indent=2) if body else None
    summary = one["summary"]
    answers = [(status, answer_text(status)) for status in one["responses"]]
    return {
        "id": one["operationId"].replace(".", "-"),
        "method": method.upper(),
        "path": path,
        "summary": _(summary),
        "scope": one.get("x-scope", ""),
        "parameters": one.get("parameters", []),
        "body": example,
        "answers": answers,
    }
