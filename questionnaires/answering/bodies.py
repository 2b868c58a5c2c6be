"""Bodies of customers' pages: made once, compressed once, sent as they are; and the headers that go with them."""

import base64
import gzip
import hashlib
import re
from dataclasses import dataclass

import brotli
from flask import Response

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


@dataclass(frozen=True, slots=True)
class Body:
    """One page in the three ways a browser may take it."""

    plain: bytes
    gzipped: bytes
    brotlied: bytes
    headers: HeaderList

    def answer(self, accepted: str, status: int = 200) -> Response:
        """The response for a browser that accepts these encodings."""
        if "br" in accepted:
            return _ready(self.brotlied, [*self.headers, ("Content-Encoding", "br")], status)
        if "gzip" in accepted:
            return _ready(self.gzipped, [*self.headers, ("Content-Encoding", "gzip")], status)
        return _ready(self.plain, list(self.headers), status)


def prepare(html: str, content_policy: str) -> Body:
    """Compress a page as well as can be done; it is sent thousands of times."""
    plain = html.encode()
    return Body(plain, gzip.compress(plain, 9, mtime=0), brotli.compress(plain, quality=11), headers_for(content_policy))


def once(html: str, content_policy: str, accepted: str, status: int = 200) -> Response:
    """A page that only one person gets: compressed quickly."""
    plain, headers = html.encode(), headers_for(content_policy)
    if "gzip" in accepted:
        return _ready(gzip.compress(plain, 4), [*headers, ("Content-Encoding", "gzip")], status)
    return _ready(plain, headers, status)


def _ready(body: bytes, headers: HeaderList, status: int) -> Response:
    headers.append(("Content-Length", str(len(body))))
    return Response([body], status, headers)
