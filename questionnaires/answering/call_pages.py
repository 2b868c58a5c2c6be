"""Call me instead: a short form in place of the questionnaire."""

from flask import Response

from portal.foundation import web
from portal.foundation.crypto import token_hash
from portal.foundation.i18n import _l
from questionnaires.answering import calling, edge, show, store
from questionnaires.answering.calling import Asked
from questionnaires.answering.messages import message
from questionnaires.answering.ready import Ready
from questionnaires.answering.rules.standing import STATUSES, Standing, standing
from questionnaires.answering.show import Frame
from questionnaires.answering.store import Link
from questionnaires.logic.validate import Problem

HEAD = _l("Call me instead")
TIMES = {
    "any": _l("At any time"),
    "morning": _l("In the morning"),
    "afternoon": _l("In the afternoon"),
    "evening": _l("In the evening"),
}
BLANK = Asked(None, {}, {"which": calling.KNOWN, "when": "any", "phone": ""})


def form(link: Link, ready: Ready) -> Response:
    """The form, in place of the page; writes nothing."""
    return _form(edge.language(ready, link.language), _frame(link, ready), BLANK)


def take(token: str) -> Response:
    """Take the wish; it ends the questionnaire."""
    link, ready = _open(token)
    language, around = edge.language(ready, link.language), _frame(link, ready)
    asked = calling.read(edge.form())
    if asked.wish is None:
        return _form(language, around, asked, 422)
    keys, now = web.ground().keys, web.now()
    with web.ground().db.quick() as lane:
        where = calling.call_me(lane, token_hash(token), edge.ready_or_raise, asked.wish, keys, language, now)
    return edge.state("called" if where is Standing.OPEN else str(where), language, STATUSES.get(where, 200), around=around)


def offered(ready: Ready) -> bool:
    """Whether a questionnaire offers a call; an anonymous one can't."""
    return ready.definition.call_me and not ready.definition.anonymous


def _open(token: str) -> tuple[Link, Ready]:
    """The link, where it is open and its questionnaire offers a call.

    Raises  HTTPException with the page that says where the link stands
    """
    link = store.look_up(web.ground().db, token_hash(token))
    where = standing(link, web.now())
    ready = edge.ready(link.version_id) if link else None
    if link is None or ready is None:
        edge.count_unknown()
    elif where is not Standing.OPEN:
        edge.refuse(str(where), STATUSES[where])
    elif offered(ready):
        return link, ready
    edge.refuse("unknown", 404)
    raise AssertionError


def _frame(link: Link, ready: Ready) -> Frame:
    return edge.frame(invited_large=link.large, version=ready)


def _form(language: str, around: Frame, asked: Asked, status: int = 200) -> Response:
    errors = {name: message(Problem(code)) if code != "answer_required" else "" for name, code in asked.errors.items()}
    page = show.form_html(
        "questionnaires/answering/call.html",
        HEAD,
        language,
        around,
        times=TIMES,
        typed=asked.typed,
        wrong=errors,
        back=f"?lang={language}{around.keep}",
    )
    return show.send(page, status)
