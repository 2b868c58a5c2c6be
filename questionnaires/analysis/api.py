"""Feedback without a questionnaire, from programs."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ValidationError

from portal.foundation import web
from portal.foundation.apidoc import described
from portal.foundation.limits import per_key
from portal.people import access
from portal.people.sheets import code_of
from questionnaires.analysis import feedback
from questionnaires.analysis.feedback import FeedbackRecord
from questionnaires.analysis.rights import FEEDBACK_WRITE

blueprint = Blueprint("feedback_api", __name__, url_prefix="/api/v1/feedback")
web.csrf.exempt(blueprint)
MOST = 1000


class RefusedFeedback(BaseModel):
    """A piece that was not taken."""

    index: int
    field: str
    code: str


class FeedbackReceipt(BaseModel):
    """What became of a batch: received = taken + known + rejected."""

    received: int
    taken: int
    known: int
    rejected: list[RefusedFeedback]


@blueprint.post("")
@described(
    "Feedback without a questionnaire: one piece, or an array of up to 1,000. The same number of the same channel counts once.",
    body=FeedbackRecord | list[FeedbackRecord],
    answers={200: FeedbackReceipt},
    problems=(400, 413, 415),
)
@per_key
@access.api(FEEDBACK_WRITE)
def receive() -> ResponseReturnValue:
    """Good pieces are kept though others are refused."""
    items = web.json_items(MOST)
    good: list[FeedbackRecord] = []
    places: list[int] = []
    refused: list[RefusedFeedback] = []
    for index, item in enumerate(items):
        try:
            good.append(FeedbackRecord.model_validate(item))
            places.append(index)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            refused.append(RefusedFeedback(index=index, field=".".join(str(part) for part in first["loc"]), code=code_of(first)))
    with web.writing() as session:
        receipt = feedback.take(session, good, places, "api", web.now())
    refused += [RefusedFeedback(index=one.line, field=one.column, code=one.code) for one in receipt.rejected]
    refused.sort(key=lambda one: one.index)
    return FeedbackReceipt(received=len(items), taken=receipt.taken, known=receipt.known, rejected=refused).model_dump(), 200
