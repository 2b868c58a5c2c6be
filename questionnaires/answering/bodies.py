"""Bodies of customers' pages: made once, compressed once, sent as they are; and the headers that go with them."""

import base64
import gzip
import hashlib
import re
from typing import TYPE_CHECKING

import brotli
from flask import Response
from werkzeug.datastructures import Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

HeaderList = list[tuple[str, str]]
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def tight(css: str) -> str:
    """A style sheet without comments and line ends."""
    return _COMMENT.sub("", css).replace("\n", "")


def policy(style: str, frame_ancestors: str = "'none'") -> str:
    """The content policy of a page: its own inline style by its hash, scripts from our own files, nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"form-action 'self'; base-uri 'none'; frame-ancestors {frame_ancestors}"
    )


def headers_for(content_policy: str) -> HeaderList:
    """Headers of a customer's page: kept nowhere, told to nobody."""
    return [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", content_policy),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("Vary", "Accept-Encoding, Accept-Language"),
    ]


class _AsTheyAre(Headers):
    """Headers that need no check: their own list, not a copy made one by one."""

    def __init__(self, headers: HeaderList) -> None:
        self._list = headers


class Page(Response):
    """A customer's page, which knows its length and type: nothing is worked out again before it is sent."""

    def get_wsgi_headers(self, _environ: "WSGIEnvironment") -> Headers:
        """The headers as they are; there is no address in them to be made whole."""
        return self.headers


class Body:
    """One page in the three ways a browser may take it: bytes, and all their headers."""

    __slots__ = ("_brotlied", "_gzipped", "_plain", "plain")

    def __init__(self, plain: bytes, gzipped: bytes, brotlied: bytes, headers: HeaderList) -> None:
        self.plain = plain
        self._plain = (plain, _with_length(plain, headers))
        self._gzipped = (gzipped, _with_length(gzipped, [*headers, ("Content-Encoding", "gzip")]))
        self._brotlied = (brotlied, _with_length(brotlied, [*headers, ("Content-Encoding", "br")]))

    def answer(self, accepted: str, status: int = 200) -> Response:
        """The response for a browser that accepts these encodings."""
        body, headers = self._brotlied if "br" in accepted else self._gzipped if "gzip" in accepted else self._plain
        return Page([body], status, _AsTheyAre(headers.copy()))


def prepare(html: str, content_policy: str) -> Body:
    """Compress a page as well as can be done; it is sent thousands of times."""
    plain = html.encode()
    return Body(plain, gzip.compress(plain, 9, mtime=0), brotli.compress(plain, quality=11), headers_for(content_policy))


def once(html: str, content_policy: str, accepted: str, status: int = 200) -> Response:
    """A page that only one person gets: compressed quickly."""
    plain, headers = html.encode(), headers_for(content_policy)
    if "gzip" in accepted:
        plain, headers = gzip.compress(plain, 4), [*headers, ("Content-Encoding", "gzip")]
    return Page([plain], status, _AsTheyAre(_with_length(plain, headers)))


def _with_length(body: bytes, headers: HeaderList) -> HeaderList:
    return [*headers, ("Content-Length", str(len(body)))]
