"""The three apps of the answer benchmark: bare Flask, and the whole product with a constant view behind the same hooks."""

import os
from collections.abc import Mapping

from flask import Blueprint, Flask, Response

from portal.people import access
from portal.shell.features import Feature
from wsgi import FEATURES, create_app

BODY = b"x" * int(os.environ.get("BENCH_BODY", "3000"))
HEADERS: Mapping[str, str] = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding, Accept-Language",
    "Content-Encoding": "br",
}
"""As many as the answer page has, so that they cost the same."""
blueprint = Blueprint("bench", __name__)


@blueprint.get("/s/-/constant")
@access.public
def constant() -> Response:
    """Bytes as long as the answer page's, and nothing looked up."""
    return Response([BODY], 200, [*HEADERS.items(), ("Content-Length", str(len(BODY)))])


def bare() -> Flask:
    """Flask with the constant view and nothing else."""
    app = Flask("bare")
    app.add_url_rule("/s/-/constant", view_func=constant)
    return app


def whole() -> Flask:
    """The product as it is served, with the constant view in it; one address may send more forms than a branch's guests."""
    app = create_app(None, (*FEATURES, Feature(name="bench", blueprints=[blueprint])))
    app.config["ANSWER_ADDRESS_RATE"] = 100_000_000
    return app
