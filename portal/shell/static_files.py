"""Static files under names that change with their content, kept by browsers for good, compressed beforehand.

`templates` name a file plainly; its address carries the hash. `prepare` compresses each once into the data folder when
serving starts; where that was not done, files go out as they are.
"""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

import brotli
from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.responders import StaticFile

from portal.foundation.files import resources
from portal.foundation.web import HSTS

PREFIX = "/static/"
TEXT = frozenset({".css", ".js", ".mjs", ".svg", ".json", ".html", ".txt"})
FOR_GOOD = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=3600"
_PLAIN = WhiteNoise(None)
BROTLI_QUALITY = 9
"""Two thirds of a second for all files; the best quality takes five and saves two per cent."""


@cache
def addresses() -> dict[str, str]:
    """Each file's plain name and its name with the hash of its content, `css/portal.1a2b3c4d5e.css`."""
    root = Path(str(resources("static")))
    found = {}
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:10]
        name = path.relative_to(root).as_posix()
        found[name] = f"{name.removesuffix(path.suffix)}.{digest}{path.suffix}"
    return found


def prepare(folder: Path) -> None:
    """Compress what a browser may take compressed; what is there already stays."""
    folder.mkdir(parents=True, exist_ok=True)
    root = Path(str(resources("static")))
    for name, hashed in addresses().items():
        if Path(name).suffix in TEXT:
            for suffix, pack in ((".gz", _gzip), (".br", _brotli)):
                target = folder / (_flat(hashed) + suffix)
                if not target.exists():
                    part = target.with_suffix(target.suffix + ".part")
                    part.write_bytes(pack((root / name).read_bytes()))
                    part.replace(target)  # a half-written file is never served


def cache_folder(data_dir: Path) -> Path:
    """Where the compressed files are."""
    return data_dir / "static"


def install(app: Flask, folder: Path, *, https: bool = False) -> None:
    """Serve the files before the app is asked, and let `url_for` name them by their content."""
    app.url_defaults(_by_content)
    app.wsgi_app = files_before(app.wsgi_app, folder, https=https)  # type: ignore[method-assign]


def files_before(application: Any, folder: Path, *, https: bool = False) -> Any:
    """A WSGI application that answers for each file: under its plain name for an hour, under its hashed name for good.

    https  browsers are told to come by https alone
    """
    served = WhiteNoise(application)
    root = Path(str(resources("static")))
    for name, hashed in addresses().items():
        packed = {kind: folder / (_flat(hashed) + suffix) for kind, suffix in (("gzip", ".gz"), ("br", ".br"))}
        there = tuple((kind, str(path)) for kind, path in packed.items() if path.exists())
        for url, keep in ((name, A_WHILE), (hashed, FOR_GOOD)):
            served.files[PREFIX + url] = _file(str(root / name), url, keep, there, https)
    return served


@cache
def _file(path: str, url: str, keep: str, packed: tuple[tuple[str, str], ...], https: bool) -> StaticFile:
    headers = Headers([("Cache-Control", keep), ("X-Content-Type-Options", "nosniff")])
    if https:
        headers["Strict-Transport-Security"] = HSTS
    _PLAIN.add_mime_headers(headers, path, url)
    return StaticFile(path, headers.items(), encodings=dict(packed))


def _by_content(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "filename" in values:
        values["filename"] = addresses().get(values["filename"], values["filename"])


def _flat(name: str) -> str:
    return name.replace("/", "_")


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


def _brotli(content: bytes) -> bytes:
    return bytes(brotli.compress(content, quality=BROTLI_QUALITY))
