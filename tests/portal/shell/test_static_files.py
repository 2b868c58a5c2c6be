"""Static files: named by their content, kept for good, compressed beforehand."""

import gzip
from pathlib import Path

import brotli
import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from portal.foundation.files import resources
from portal.shell import static_files

pytestmark = pytest.mark.sqlite_only
SCRIPT = "js/portal.js"


def test_an_address_changes_with_the_content_and_is_kept_for_good(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        address = url_for("static", filename=SCRIPT)
    assert address.startswith("/static/js/portal.")
    assert address != f"/static/{SCRIPT}"
    with client.get(address) as answer:
        assert answer.data == (Path(str(resources("static"))) / SCRIPT).read_bytes()
        assert "immutable" in answer.headers["Cache-Control"]
    with client.get(f"/static/{SCRIPT}") as answer:
        assert "immutable" not in answer.headers["Cache-Control"]


def test_a_name_that_nothing_has_is_not_found(client: FlaskClient) -> None:
    for path in ("/static/js/portal.0000000000.js", "/static/../wsgi.py", "/static/", "/static/js"):
        assert client.get(path).status_code == 404


def test_what_was_compressed_goes_out_compressed(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "packed"
    static_files.prepare(folder)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    static_files.prepare(folder)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    app.wsgi_app = static_files.files_before(app.wsgi_app, folder)  # type: ignore[method-assign]
    client, content = app.test_client(), (Path(str(resources("static"))) / SCRIPT).read_bytes()
    for accepted, unpack in (("br, gzip", brotli.decompress), ("gzip", gzip.decompress)):
        with client.get(f"/static/{SCRIPT}", headers={"Accept-Encoding": accepted}) as answer:
            assert unpack(answer.data) == content
            assert answer.headers["Content-Encoding"] == accepted.split(",")[0]
    with client.get(f"/static/{SCRIPT}") as answer:
        assert answer.data == content
