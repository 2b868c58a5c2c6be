"""Themes: made, changed by new revisions, taken back to an older one, chosen as the default."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from questionnaires.answering import themes_store as store
from questionnaires.answering.links_models import Theme, ThemeRevision
from questionnaires.answering.rules.theme import ThemeDocument

CODE_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


class ThemeChanged(Conflict):
    """Somebody else saved the theme meanwhile; nothing was overwritten."""

    code = "theme_changed"


def document_of(raw: Mapping[str, Any]) -> ThemeDocument:
    """A theme's document from a form.

    Raises  InvalidInput naming the fields
    """
    try:
        return ThemeDocument.model_validate(raw)
    except ValidationError as error:
        found = error.errors(include_input=False, include_context=False, include_url=False)
        raise InvalidInput({".".join(str(part) for part in one["loc"]): _code(str(one["type"])) for one in found}) from None


def _code(kind: str) -> str:
    return {"string_pattern_mismatch": "not_a_colour", "string_too_long": "too_long", "uuid_parsing": "unknown_picture"}.get(
        kind, "not_one_of_the_words"
    )


def create(session: Session, code: str, names: tuple[str, str], document: ThemeDocument, actor: Actor, now: datetime) -> Theme:
    """A new theme; the first one there is becomes the default. `names` are the Chinese and the English one.

    Raises  InvalidInput
    """
    wrong = {"code": "wrong_code"} if not code or len(code) > 40 or not set(code) <= CODE_LETTERS or not code[0].isalpha() else {}
    wrong |= _wrong_names(names)
    if not wrong and store.by_code(session, code) is not None:
        wrong = {"code": "code_taken"}
    if wrong:
        raise InvalidInput(wrong)
    _check_logo(session, document)
    first = not store.themes(session)
    theme = Theme(code=code, name_zh=names[0], name_en=names[1], is_default=first, number=1, created_at=now)
    session.add(theme)
    session.flush()
    _add_revision(session, theme, document, actor, now)
    record(session, actor, "theme.make", "theme", code, now)
    return theme


def change(
    session: Session, code: str, names: tuple[str, str], document: ThemeDocument, based_on: int, actor: Actor, now: datetime
) -> Theme:
    """Save a theme's next revision, which holds at once for every page.

    based_on  the revision that the editor saw
    Raises    NotFound, ThemeChanged, InvalidInput
    """
    theme = _held(session, code)
    if wrong := _wrong_names(names):
        raise InvalidInput(wrong)
    _check_logo(session, document)
    if theme.number != based_on:
        raise ThemeChanged(number=theme.number)
    theme.name_zh, theme.name_en = names
    kept = store.revision(session, code, theme.number)
    if kept is None or ThemeDocument.model_validate(kept.document) != document:
        theme.number = store.revisions(session, code, 1)[0].number + 1
        _add_revision(session, theme, document, actor, now)
    record(session, actor, "theme.change", "theme", code, now, {"revision": theme.number})
    return theme


def take_back(session: Session, code: str, number: int, actor: Actor, now: datetime) -> None:
    """Let an earlier revision hold again.

    Raises  NotFound
    """
    theme = _held(session, code)
    if store.revision(session, code, number) is None:
        raise NotFound
    theme.number = number
    record(session, actor, "theme.take_back", "theme", code, now, {"revision": number})


def choose(session: Session, code: str, actor: Actor, now: datetime) -> None:
    """Make a theme the one of all questionnaires that name none.

    Raises  NotFound
    """
    _held(session, code)
    store.make_default(session, code)
    record(session, actor, "theme.default", "theme", code, now)


def _held(session: Session, code: str) -> Theme:
    found = store.lock(session, code)
    if found is None:
        raise NotFound
    return found


def _wrong_names(names: tuple[str, str]) -> dict[str, str]:
    fields = zip(("name_zh", "name_en"), names, strict=True)
    return {field: "missing" if not name else "too_long" for field, name in fields if not 0 < len(name) <= 60}


def _check_logo(session: Session, document: ThemeDocument) -> None:
    if document.logo is not None and not store.media_there(session, document.logo):
        raise InvalidInput({"logo": "unknown_picture"})


def _add_revision(session: Session, theme: Theme, document: ThemeDocument, actor: Actor, now: datetime) -> None:
    stored = document.model_dump(mode="json", exclude_defaults=True)
    session.add(ThemeRevision(theme_code=theme.code, number=theme.number, document=stored, made_by=actor.user_id, made_at=now))
    session.flush()
