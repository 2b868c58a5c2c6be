"""The look of customers' pages, at hand in each process: read again every ten seconds, so that no page waits for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from flask import Flask, current_app

from portal.foundation import web
from questionnaires.answering import themes_store
from questionnaires.answering.rules.theme import ThemeDocument, css_of

SHELF = "soundings.answering.themes"
FRESH_FOR = timedelta(seconds=10)
"""A changed theme shows this much later at the most."""


@dataclass(frozen=True)
class Look:
    """What a theme gives to a page; `key` stands in the key of every body made with it.

    css     rules to be put after the sheet, inside the same style element
    logo    the address of a picture, or empty
    footer  words by language
    """

    key: str = ""
    css: str = ""
    logo: str = ""
    footer: Mapping[str, str] = field(default_factory=dict)


PLAIN = Look()


class _Shelf:
    """The looks of one process."""

    def __init__(self) -> None:
        self.looks: dict[str | None, Look] = {}
        self.read_at: datetime | None = None


def install(app: Flask) -> None:
    """Give an app its shelf of looks."""
    app.extensions[SHELF] = _Shelf()


def look(code: str | None) -> Look:
    """The look of a theme, else of the default one, else the plain one."""
    shelf = cast(_Shelf, current_app._get_current_object().extensions[SHELF])  # type: ignore[attr-defined]  # as in `web.now`
    now = web.now()
    if shelf.read_at is None or not timedelta() <= now - shelf.read_at < FRESH_FOR:
        shelf.looks, shelf.read_at = _read(), now
    return shelf.looks.get(code) or shelf.looks.get(None) or PLAIN


def forget() -> None:
    """Read again with the next page of this process, after a theme was changed in it."""
    cast(_Shelf, current_app.extensions[SHELF]).read_at = None


def _read() -> dict[str | None, Look]:
    found: dict[str | None, Look] = {}
    with web.reading() as session:
        rows = themes_store.themes(session)
    for theme, revision in rows:
        found[theme.code] = look_of(ThemeDocument.model_validate(revision.document), f"{theme.code}.{revision.number}")
        if theme.is_default:
            found[None] = found[theme.code]
    return found


def look_of(document: ThemeDocument, key: str) -> Look:
    """The look that a document gives."""
    return Look(
        key,
        css_of(document),
        f"/media/{document.logo}" if document.logo else "",
        {str(tag): words for tag, words in document.footer.items()},
    )
