"""The page behind a code on a poster or table card; it never shows what anybody answered before."""

import secrets

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.people import access
from questionnaires.answering import edge, poster_store, posters, show
from questionnaires.answering.answers import context_of
from questionnaires.answering.poster_store import Poster
from questionnaires.answering.walking import Step, Taken

blueprint = Blueprint("poster_pages", __name__)
web.csrf.exempt(blueprint)  # a page for everybody, without a session; the form's origin is checked instead
VISIT, ANSWERED = "visit", "answered"
DAY = 86_400


@blueprint.get("/q/<code>")
@access.public
def page(code: str) -> ResponseReturnValue:
    """The first page; each look begins a visit of its own."""
    poster = _poster(code)
    ready = edge.ready_or_raise(poster.version_id) if poster.version_id else None
    if ready is None or not poster.live:
        return edge.state("retired", edge.asked_language() or show.browser_language(), 410)
    language = edge.language(ready, None)
    index = ready.first_page(context_of({"touchpoint": poster.touchpoint, "stage": poster.stage, "channel": "poster"}, language))
    answer = edge.page(ready, index, language, edge.prefilled(ready, index), personal=False)
    _set(answer, code, VISIT, secrets.token_urlsafe(12))
    return answer


@blueprint.post("/q/<code>")
@access.public
def take(code: str) -> ResponseReturnValue:
    """A form of the page."""
    edge.check_form(f"{code}|{request.remote_addr}")
    poster = _poster(code)
    if poster.version_id is None or not poster.live:
        return edge.state("retired", edge.asked_language() or show.browser_language(), 410)
    ready, form = edge.ready_or_raise(poster.version_id), edge.form()
    sent = edge.sent(form, edge.language(ready, None))
    key = (form.get("_key") or ("",))[0]
    cookies = request.cookies
    visit = posters.visit_of(web.ground().keys, code, key, cookies.get(VISIT, "")[:40], ANSWERED in cookies)
    taken = Taken(Step.CLOSED)
    for _ in range(2):  # of two taps at once the second finds, the second time, what the first wrote
        with web.ground().db.quick() as lane:
            taken = posters.take(lane, poster, ready, sent, visit, web.now())
        if taken.step is not Step.CLOSED:
            break
    return _after(code, taken)


def _after(code: str, taken: Taken) -> Response:
    assert taken.ready is not None
    if taken.step is Step.PAGE:
        key = posters.key_of(web.ground().keys, code, taken.response_id) if taken.response_id else ""
        status = 422 if taken.filled.errors else 200
        return edge.page(taken.ready, taken.page, taken.language, taken.filled, status=status, key=key, personal=False)
    answer = edge.thanks(taken.ready, taken.language)
    _set(answer, code, ANSWERED, "1")
    return answer


def _poster(code: str) -> Poster:
    found = poster_store.poster(web.ground().db, code)
    if found is None:
        edge.count_unknown()
        edge.refuse("unknown", 404)
    assert found is not None
    return found


def _set(answer: Response, code: str, name: str, value: str) -> None:
    """A cookie for this code alone, for a day."""
    secure = web.ground().settings.secure_cookies
    answer.set_cookie(name, value, max_age=DAY, path=f"/q/{code}", secure=secure, httponly=True, samesite="Lax")
