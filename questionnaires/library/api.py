"""Questionnaires for programs."""

from datetime import datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from portal.foundation import web
from portal.foundation.apidoc import described
from portal.foundation.errors import InvalidInput
from portal.foundation.limits import per_key
from portal.people import access
from questionnaires.library import store
from questionnaires.library.models import STATUSES

blueprint = Blueprint("questionnaires_api", __name__, url_prefix="/api/v1")
PAGE = 200


class QuestionnaireOut(BaseModel):
    """A questionnaire and the version that is asked now."""

    id: str
    code: str
    title_zh: str
    title_en: str
    folder: str
    status: str
    version_id: str | None
    version: int | None
    updated_at: datetime


class QuestionnairesOut(BaseModel):
    """A page of questionnaires, and where the next one begins."""

    questionnaires: list[QuestionnaireOut]
    next_cursor: str | None


@blueprint.get("/questionnaires")
@described(
    "A page of questionnaires by code, with the version that is asked now.",
    answers={200: QuestionnairesOut},
    query={"status": f"one of {', '.join(STATUSES)}", "cursor": "`next_cursor` of the page before"},
    problems=(422,),
)
@per_key
@access.api("questionnaires.read")
def listed() -> ResponseReturnValue:
    """A page of questionnaires."""
    status = request.args.get("status", "")
    if status and status not in STATUSES:
        raise InvalidInput({"status": "not_one_of_the_words"})
    with web.reading() as session:
        found = store.by_code_after(session, status, request.args.get("cursor", "")[:60], PAGE + 1)
        shown = found[:PAGE]
        versions = store.versions_by_id(session, [one.current_version_id for one in shown if one.current_version_id])
    rows = []
    for one in shown:
        version = versions.get(one.current_version_id) if one.current_version_id else None
        facts = {name: getattr(one, name) for name in ("code", "title_zh", "title_en", "folder", "status", "updated_at")}
        number, key = (version.number, str(version.id)) if version else (None, None)
        rows.append(QuestionnaireOut(id=str(one.id), version_id=key, version=number, **facts))
    following = shown[-1].code if len(found) > PAGE else None
    return QuestionnairesOut(questionnaires=rows, next_cursor=following).model_dump(mode="json")
