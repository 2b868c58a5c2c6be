"""The page behind a code on a poster, in a channel or on a tablet; it never shows what anybody answered before."""

import secrets
from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.clock import day_in
from portal.foundation.ids import new_id
from portal.people import access
from questionnaires.answering import edge, files, flags_bursts, poster_answers, poster_signing, poster_store, show
from questionnaires.answering.answers import context_of
from questionnaires.answering.poster_answers import Visit
from questionnaires.answering.poster_store import Poster
from questionnaires.answering.ready import Ready
from questionnaires.answering.show import Frame
from questionnaires.answering.walking import Sent, Step, Taken

blueprint = Blueprint("poster_pages", __name__)
web.csrf.exempt(blueprint)  # a page for everybody, without a session; the form's origin is checked instead
VISIT, ANSWERED, KIOSK = "visit", "answered", "kiosk"
DAY = 86_400
BACK_AFTER = 10
"""Seconds that a tablet shows its thanks."""


@blueprint.get("/q/<code>")
@access.public
def page(code: str) -> ResponseReturnValue:
    """The first page; each look begins a visit of its own."""
    poster = _poster(code)
    ready = edge.ready_or_raise(poster.version_id) if poster.version_id else None
    if ready is None or not poster.live:
        return _closed(poster)
    language, kiosk = edge.language(ready, None), _is_kiosk(poster)
    ref = poster_signing.known_ref(web.ground().keys, code, request.args, web.now()) if edge.asked("ref") else ""
    around = _around(code, ready, kiosk, ref, new_id().hex if kiosk or ref else "")
    context = context_of({"touchpoint": poster.touchpoint, "stage": poster.stage, "channel": poster.channel}, language)
    index = ready.first_page(context)
    answer = edge.page(ready, index, language, edge.prefilled(ready, index), around)
    if not kiosk:
        _set(answer, code, VISIT, secrets.token_urlsafe(12))
    return answer


@blueprint.post("/q/<code>")
@access.public
def take(code: str) -> ResponseReturnValue:
    """A form of the page."""
    edge.check_form(f"{code}|{request.remote_addr}")
    poster = _poster(code)
    if poster.version_id is None or not poster.live:
        return _closed(poster)
    ready, form = edge.ready_or_raise(poster.version_id), edge.form()
    visit = _visit(poster, (form.get("_key") or ("",))[0])
    fields, flags = edge.signed_fields(code)
    sent = replace(edge.sent(form, edge.language(ready, None)), fields=fields, flags=[*flags, *_bursts(poster)])
    arrived = files.kept(ready, sent.page, f"q:{visit.response_id.hex}", form) if not edge.plain_form() else None
    if arrived:
        sent = replace(sent, form=arrived.form, uploads=arrived.ids, problems=arrived.problems)
    taken = _taken(poster, ready, sent, visit)
    return _after(poster, visit, files.after(taken, arrived) if arrived else taken)


def _taken(poster: Poster, ready: Ready, sent: Sent, visit: Visit) -> Taken:
    taken = Taken(Step.CLOSED)
    for _ in range(2):  # of two taps at once the second finds, the second time, what the first wrote
        with web.ground().db.quick() as lane:
            taken = poster_answers.take(lane, poster, ready, sent, visit, web.now(), web.ground().keys, edge.zone())
        if taken.step is not Step.CLOSED:
            break
    return taken


@blueprint.post("/q/<code>/opened")
@access.public
def opened(code: str) -> ResponseReturnValue:
    """The page's script tells that a person scanned the code; robots that only fetch the page never come here."""
    edge.check_form(f"{code}|{request.remote_addr}")
    poster = _poster(code)
    if poster.live and not _is_kiosk(poster):
        with web.ground().db.quick() as lane:
            poster_store.note_scan(lane, code, day_in(web.ground().settings.zone, web.now()))
    return "", 204


def _visit(poster: Poster, key: str) -> Visit:
    cookies = request.cookies
    told = cookies.get(ANSWERED, "")
    before = 0 if poster.kiosk else int(told) if told.isascii() and told.isdigit() and len(told) < 3 else int(bool(told))
    cookie = "" if _is_kiosk(poster) else cookies.get(VISIT, "")[:40]
    ref = request.args.get("ref", "")[: poster_signing.LONGEST_REF] if request.environ.get("QUERY_STRING") else ""
    return poster_answers.visit_of(web.ground().keys, poster.code, key, cookie, before, ref)


def _bursts(poster: Poster) -> list[str]:
    """Marks for many answers from one address; a tablet's answers all come from one."""
    return [] if poster.kiosk else flags_bursts.of_address(poster.code, request.remote_addr or "", web.now())


def _after(poster: Poster, visit: Visit, taken: Taken) -> Response:
    assert taken.ready is not None
    kiosk = _is_kiosk(poster)
    around = _around(poster.code, taken.ready, kiosk, visit.ref, visit.response_id.hex if taken.step is Step.PAGE else "")
    if taken.step in (Step.PAGE, Step.KEPT):
        return edge.after(taken, around)
    answer = edge.thanks(taken.ready, taken.language, taken if taken.step is Step.DONE else None, around)
    if kiosk:
        answer.headers["Refresh"] = f"{BACK_AFTER}; url=/q/{poster.code}?{urlencode({'mode': KIOSK, 'lang': taken.language})}"
    else:
        _set(answer, poster.code, ANSWERED, str(min(visit.before + 1, 99)))
    return answer


def _around(code: str, ready: Ready, kiosk: bool, ref: str, response: str) -> Frame:
    """The page's frame; `response` is the hexadecimal id that its key carries, empty where the page is everybody's."""
    key = ""
    if response:
        key = poster_answers.key_of(web.ground().keys, code, UUID(response), ref)
    around = edge.frame(personal=False, key=key, mode=KIOSK if kiosk else "", version=ready)
    return replace(around, large=True, keep=around.keep + f"&mode={KIOSK}") if kiosk else around


def _is_kiosk(poster: Poster) -> bool:
    """A code made for a tablet, or an address that asks for the tablet's way: no cookies, cleared after rest."""
    return poster.kiosk or edge.asked("mode") == KIOSK


def _closed(poster: Poster) -> Response:
    return edge.state("resting" if poster.resting else "retired", edge.asked_language() or show.browser_language(), 410)


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
