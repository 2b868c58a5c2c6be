"""Files in a form: kept before the answers are taken, each certain to be this link's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from flask import request

from portal.foundation import web
from portal.foundation.crypto import token_hash
from questionnaires.answering import edge, store, uploads
from questionnaires.answering.drawing import NAME_SUFFIX
from questionnaires.answering.page import Filled
from questionnaires.answering.ready import Ready
from questionnaires.answering.rules.standing import Standing, standing
from questionnaires.answering.store import Link
from questionnaires.answering.walking import Step, Taken
from questionnaires.logic.definition import UPLOADS, Question
from questionnaires.logic.validate import Form, Problem

DROP_SUFFIX = "__drop"


@dataclass(frozen=True)
class Arrived:
    """A form whose files were kept: ids stand in their places; files that could not be taken are told by question."""

    form: Form
    ids: frozenset[str]
    owner: str = ""
    problems: Mapping[str, Problem] = field(default_factory=dict)


def owner_of(link_id: UUID) -> str:
    """Whose the files of one person's link are."""
    return f"s:{link_id.hex}"


def arrived(token: str, form: Form) -> Arrived | None:
    """Keep the files of a form; nothing is kept for a link that is closed."""
    link = store.look_up(web.ground().db, token_hash(token))
    ready = edge.ready(link.version_id) if link else None
    if link is None or ready is None or standing(link, web.now()) is not Standing.OPEN:
        return None
    return kept(ready, edge.sent(form, "").page, owner_of(link.id), form)


def kept(ready: Ready, index: int, owner: str, form: Form) -> Arrived:
    """Keep the files of one page's form for their owner; those that were kept before and are still wanted stay."""
    page = ready.definition.pages[min(index, len(ready.definition.pages) - 1)]
    fields: dict[str, Sequence[str]] = dict(form)
    ids: set[str] = set()
    problems: dict[str, Problem] = {}
    for question in page.questions:
        if question.type in UPLOADS:
            found = _of_question(question, owner, form, problems)
            fields[question.code] = found
            ids.update(found)
    return Arrived(fields, frozenset(ids), owner, problems)


def _of_question(question: Question, owner: str, form: Form, problems: dict[str, Problem]) -> list[str]:
    dropped = set(form.get(question.code + DROP_SUFFIX, ()))
    wanted = [one for one in form.get(question.code, ()) if one and one not in dropped]
    before = [one.id for one in uploads.owned(web.ground(), owner, wanted)]
    typed = (form.get(question.code + NAME_SUFFIX) or ("",))[0]
    new = uploads.receive(web.ground(), owner, question, request.files.getlist(question.code), typed, web.now())
    if isinstance(new, Problem):
        problems[question.code] = new
        return before
    return new if new and question.most_files <= 1 else before + new


def after(taken: Taken, form: Arrived) -> Taken:
    """The page to show, with its files, and with what was wrong with those that could not be taken."""
    if taken.step is not Step.PAGE:
        return taken
    filled = replace(taken.filled, uploads=lambda ids: uploads.owned(web.ground(), form.owner, ids))
    return replace(taken, filled=filled)


def shown(ready: Ready, index: int, link: Link, filled: Filled) -> Filled:
    """A saved page with the files that were sent with it."""
    if not ready.uploads[index]:
        return filled
    owner = owner_of(link.id)
    return replace(filled, uploads=lambda ids: uploads.owned(web.ground(), owner, ids))
