"""Staff's pages for poster codes: make, print, re-point, retire; within the units that a person may see."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, current_language, error_text, pick
from portal.people import access, units
from questionnaires.answering import poster_store, posters, qr
from questionnaires.answering.models import PosterCode
from questionnaires.answering.posters import NotPublished, Place, PosterExists
from questionnaires.library import store as library_store
from questionnaires.library.models import Questionnaire

blueprint = Blueprint("posters", __name__, url_prefix="/portal/posters")
READ, EDIT = "posters.read", "posters.edit"
LENGTHS = {"touchpoint": 60, "stage": 60, "counter": 40, "staff": 40}


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """All codes of the units in scope."""
    with web.reading() as session:
        rows = poster_store.listed(session, access.scope(READ), web.now())
        answers = poster_store.answers_by_code(session, [row.poster.code for row in rows])
    return web.render("questionnaires/answering/posters.html", rows=rows, answers=answers, address=address, may_edit=access.may(EDIT))


@blueprint.get("/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """The form for a new code."""
    return _form({})


@blueprint.post("/new")
@access.allow(EDIT)
def make() -> ResponseReturnValue:
    """Make a code, then show it."""
    try:
        with web.writing() as session:
            place, questionnaire_id = _place(session)
            code = posters.make(session, questionnaire_id, place, access.actor(), web.now()).code
    except PosterExists as error:
        flash(_("This place has a code for it already: here it is."), "info")
        return redirect(url_for("posters.show", code=error.facts["code"]))
    except (InvalidInput, NotPublished) as error:
        return _form(request.form.to_dict(), getattr(error, "fields", {}), error_text(error)), 422
    flash(_("The code is ready to be printed."), "good")
    return redirect(url_for("posters.show", code=code))


@blueprint.get("/<code>")
@access.allow(READ)
def show(code: str) -> ResponseReturnValue:
    """One code with its picture."""
    with web.reading() as session:
        found = _seen(session, READ, code)
        questionnaires = _published(session)
        asked = library_store.by_id(session, found.questionnaire_id)
        nodes = {node.unit.id: node.unit for node in units.nodes(session, access.scope(READ), web.now())}
        count = poster_store.answers_by_code(session, [code]).get(code, 0)
    values = {"poster": found, "asked": asked, "unit": nodes.get(found.unit_id), "count": count, "address": address(code)}
    return web.render("questionnaires/answering/poster.html", choices=_choices(questionnaires), may_edit=access.may(EDIT), **values)


@blueprint.post("/<code>/point")
@access.allow(EDIT)
def point(code: str) -> ResponseReturnValue:
    """Let the code ask another questionnaire."""
    with web.writing() as session:
        _seen(session, EDIT, code)
        posters.point(session, code, _uuid("questionnaire"), access.actor(), web.now())
    flash(_("The code asks the other questionnaire from now on; nothing needs to be printed again."), "good")
    return redirect(url_for("posters.show", code=code))


@blueprint.post("/<code>/retire")
@access.allow(EDIT)
def retire(code: str) -> ResponseReturnValue:
    """Take the code out of use."""
    with web.writing() as session:
        _seen(session, EDIT, code)
        posters.retire(session, code, access.actor(), web.now())
    flash(_("The code is out of use. Who scans it is thanked and told so."), "good")
    return redirect(url_for("posters.show", code=code))


@blueprint.get("/<code>.<any(svg, png):kind>")
@access.allow(READ)
def picture(code: str, kind: str) -> ResponseReturnValue:
    """The QR code, to print or to paste."""
    with web.reading() as session:
        _seen(session, READ, code)
    body = qr.svg(address(code)) if kind == "svg" else qr.png(address(code))
    answer = Response(body, mimetype="image/svg+xml" if kind == "svg" else "image/png")
    if request.args.get("download"):
        answer.headers["Content-Disposition"] = f'attachment; filename="soundings-{code}.{kind}"'
    return answer


def address(code: str) -> str:
    """What the picture says."""
    return f"{web.ground().settings.effective_public_url}/q/{code}"


def _seen(session: Session, permission: str, code: str) -> PosterCode:
    found = posters.get(session, code)
    access.check_unit(permission, found.unit_id, session)
    return found


def _uuid(name: str) -> UUID:
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        raise InvalidInput({name: "answer_required"}) from None


def _place(session: Session) -> tuple[Place, UUID]:
    """The form's place; a unit outside the scope is as if it were not there."""
    wrong = {name: "text_too_long" for name, most in LENGTHS.items() if len(request.form.get(name, "")) > most}
    for name in ("unit", "questionnaire"):
        try:
            UUID(request.form.get(name, ""))
        except ValueError:
            wrong[name] = "answer_required"
    if wrong:
        raise InvalidInput(wrong)
    unit_id = _uuid("unit")
    access.check_unit(EDIT, unit_id, session)
    texts = {name: request.form.get(name, "").strip() for name in LENGTHS}
    return Place(unit_id, **texts), _uuid("questionnaire")


def _published(session: Session) -> list[Questionnaire]:
    return library_store.listed(session, library_store.Filters(status="published"))


def _choices(questionnaires: list[Questionnaire]) -> list[tuple[str, str]]:
    return [(str(one.id), pick(one.title_zh, one.title_en)) for one in questionnaires]


def _form(filled: dict[str, str], fields: dict[str, str] | None = None, problem: str = "") -> str:
    with web.reading() as session:
        nodes = units.nodes(session, access.scope(EDIT), web.now())
        choices = _choices(_published(session))
    if not nodes:
        raise NotFound
    zh = current_language() == "zh-Hans"
    tree = [{"id": str(n.unit.id), "name": n.unit.name_zh if zh else n.unit.name_en, "depth": n.depth} for n in nodes]
    words = {
        name: _("Please choose one.") if code == "answer_required" else _("This is too long.") for name, code in (fields or {}).items()
    }
    return web.render("questionnaires/answering/poster_new.html", units=tree, choices=choices, filled=filled, wrong=words, problem=problem)
