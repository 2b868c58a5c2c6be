"""How cases are set up: kinds, rotas, words to say."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.people import access
from portal.people.edge import uuid_of
from portal.people.rules.roles import EVERYTHING
from scheduler.cases import edge, kind_form, kinds, rotas, words, words_to_say
from scheduler.cases.rules.kinds import Closing, Tell
from scheduler.cases.rules.sla import Stage
from scheduler.cases.store import kinds as kind_store
from scheduler.cases.store import units as unit_store
from scheduler.cases.store import work as work_store

blueprint = Blueprint("case_kinds", __name__, url_prefix="/portal/case-setup")


@blueprint.get("")
@access.allow(edge.SET_UP)
def index() -> ResponseReturnValue:
    """Kinds, rotas and words on one page."""
    return _page({})


def _page(errors: dict[str, str], status: int = 200, error: str = "") -> ResponseReturnValue:
    with web.reading() as session:
        book, waiting = kinds.load(session), kinds.waiting(session)
        turns = rotas.all_of(session)
        values: dict[str, Any] = {
            "kinds": [(code, *book.newest(code)) for code in book.codes()],
            "waiting": waiting,
            "rotas": turns,
            "units": unit_store.tree(session, EVERYTHING, web.now()),
            "handlers": unit_store.handlers_in(session, EVERYTHING, web.now()),
            "own_words": work_store.words(session),
            "shipped_words": words_to_say.offered(session, ""),
            "people": unit_store.people(session, {row.author_id for row in waiting}),
        }
    page = web.render(
        "scheduler/cases/setup.html", **values, words=words, errors=errors, error=error, typed=request.form, me_id=access.me().user_id
    )
    return page, status


@blueprint.get("/kinds/<code>")
@access.allow(edge.SET_UP)
def kind(code: str) -> ResponseReturnValue:
    """One kind as a form; `new` is an empty one."""
    with web.reading() as session:
        book = kinds.load(session)
        if code != "new" and code not in book.codes():
            raise NotFound
        version, spec = book.newest(code)
        versions = kind_store.versions(session, code)
    filled = kind_form.filled_with("" if code == "new" else code, spec)
    return _form(filled, {}, code, version, versions)


def _form(filled: MultiDict[str, str], errors: dict[str, str], code: str, version: int, versions: Any = ()) -> str:
    return web.render(
        "scheduler/cases/kind.html", filled=filled, errors=errors, code=code, version=version, versions=versions, words=words,
        stages=list(Stage), bases=kind_form.BASES, closings=list(Closing), tells=list(Tell), flags=kind_form.FLAGS,
    )  # fmt: skip


@blueprint.post("/kinds/<code>")
@access.allow(edge.SET_UP)
def propose(code: str) -> ResponseReturnValue:
    """A new version, which waits for a second person."""
    form = request.form
    name = form.get("code", "").strip() if code == "new" else code
    try:
        with web.writing() as session:
            if code != "new" and code not in kinds.load(session).codes():
                raise NotFound
            kinds.propose(session, access.actor(), name, kind_form.raw_of(form), web.now())
    except InvalidInput as error:
        return _form(form, error.fields, code, 0), 422
    flash(_("The version waits for a second person."), "info")
    return redirect(url_for("case_kinds.index"))


@blueprint.post("/kinds/<code>/<int:version>/approve")
@access.allow(edge.SET_UP)
def approve(code: str, version: int) -> ResponseReturnValue:
    """Let a version bind new cases."""
    try:
        with web.writing() as session:
            kinds.approve(session, access.actor(), code, version, web.now())
    except NotFound:
        raise
    except SoundingsError as error:
        return _page({}, error.status, error_text(error))
    flash(_("New cases open by this version. Open ones keep theirs."), "good")
    return redirect(url_for("case_kinds.index"))


@blueprint.post("/rotas")
@access.allow(edge.SET_UP)
def rota() -> ResponseReturnValue:
    """Whose turn it may be in a unit."""
    unit, logins = uuid_of(request.form.get("unit")), request.form.get("logins", "").replace("\x00", "")
    try:
        with web.writing() as session:
            if unit is None or not unit_store.exists(session, unit):
                raise InvalidInput({"unit": "case_needs_unit"})
            rotas.keep(session, unit, _names(logins), access.actor(), web.now())
    except InvalidInput as error:
        return _page({f"rota.{name}": str(_(code, **error.facts)) for name, code in error.fields.items()}, 422)
    flash(_("Saved."), "good")
    return redirect(url_for("case_kinds.index"))


def _names(text: str) -> list[str]:
    return [one for one in text.replace(",", " ").replace("，", " ").split() if one]


@blueprint.post("/words")
@access.allow(edge.SET_UP)
def keep_words() -> ResponseReturnValue:
    """Words to say."""
    form = request.form
    try:
        with web.writing() as session:
            words_to_say.keep(session, form.get("code", "").strip(), form.get("kind", "")[:20], dict(form), access.actor(), web.now(),
                              active=form.get("active") == "1")  # fmt: skip
    except InvalidInput as error:
        return _page({f"words.{name}": str(_(code)) for name, code in error.fields.items()}, 422)
    flash(_("Saved."), "good")
    return redirect(url_for("case_kinds.index"))
