"""Begin a questionnaire: from nothing, from a template, or as a copy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor
from portal.foundation.errors import NotFound
from questionnaires.library import library, shipped
from questionnaires.library.library import NewQuestionnaire
from questionnaires.library.models import Questionnaire
from questionnaires.logic.definition import Definition, Page

THANKS = {"zh-Hans": "谢谢您的评价。我们会认真看每一条意见。", "en": "Thank you. Every comment is read."}


@dataclass(frozen=True)
class Wish:
    """What the form asks for."""

    code: str
    title: Mapping[str, str]
    start: str
    folder: str

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Wish":
        """From the form's values."""
        title = {"zh-Hans": (data["title_zh"] or "").strip(), "en": (data["title_en"] or "").strip()}
        return cls(data["code"], {tag: words for tag, words in title.items() if words}, data["start"] or "", (data["folder"] or "").strip())


def begin(session: Session, wish: Wish, actor: Actor, now: datetime) -> Questionnaire:
    """Make it.

    Raises  CodeTaken, NotFound
    """
    kind, _, which = wish.start.partition(":")
    definition = Definition(title=wish.title, thank_you=THANKS, pages=(Page(id="p1"),))
    folder = wish.folder
    if kind == "template":
        template = shipped.template(which)
        if template is None:
            raise NotFound
        definition, folder = shipped.linked(session, template), folder or template.folder
    elif kind == "copy":
        original = library.get(session, UUID(which))
        definition, folder = library.draft_of(original), folder or original.folder
    if wish.title:
        definition = definition.model_copy(update={"title": {**definition.title, **wish.title}})
    return library.create(session, NewQuestionnaire(wish.code, definition, folder), actor, now)
