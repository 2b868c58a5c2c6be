"""Staff's pages for themes: colours with their contrast, logo, shapes, words in the foot; seen on the real page."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, error_text
from portal.people import access
from questionnaires.answering import media_store, themes, themes_keeping, themes_preview
from questionnaires.answering import themes_store as store
from questionnaires.answering.rules.contrast import is_colour, palette
from questionnaires.answering.rules.theme import ThemeDocument
from questionnaires.answering.themes_keeping import ThemeChanged

blueprint = Blueprint("themes", __name__, url_prefix="/portal/themes")
READ, EDIT = "themes.read", "themes.edit"
WORDS = ("brand", "logo", "corners", "density", "footer.zh-Hans", "footer.en")


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """All themes."""
    with web.reading() as session:
        rows = [(theme, palette(ThemeDocument.model_validate(one.document).brand)) for theme, one in store.themes(session)]
    return web.render("questionnaires/answering/themes.html", rows=rows, may_edit=access.may(EDIT))


@blueprint.get("/preview")
@access.allow(READ)
def preview() -> ResponseReturnValue:
    """The real page with what the form says, saved or not; `scheme` is light or dark."""
    try:
        document = themes_keeping.document_of(_raw(request.args))
    except InvalidInput:
        document = ThemeDocument()
    return themes_preview.page(document, dark=request.args.get("scheme") == "dark")


@blueprint.get("/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """The form for a new theme."""
    with web.reading() as session:
        return _form(session, None, _typed(ThemeDocument()), {}, "")


@blueprint.post("/new")
@access.allow(EDIT)
def make() -> ResponseReturnValue:
    """Make a theme."""
    form = request.form
    try:
        with web.writing() as session:
            document = themes_keeping.document_of(_raw(form))
            code = themes_keeping.create(session, form.get("code", "").strip(), _names(), document, access.actor(), web.now()).code
    except InvalidInput as error:
        with web.reading() as session:
            return _form(session, None, form.to_dict(), error.fields, ""), 422
    themes.forget()
    flash(_("The theme is ready to be chosen."), "good")
    return redirect(url_for("themes.show", code=code))


@blueprint.get("/<code>")
@access.allow(READ)
def show(code: str) -> ResponseReturnValue:
    """One theme."""
    with web.reading() as session:
        theme = store.by_code(session, code)
        revision = store.revision(session, code, theme.number) if theme else None
        if theme is None or revision is None:
            raise NotFound
        names = {"name_zh": theme.name_zh, "name_en": theme.name_en, "based_on": str(theme.number)}
        return _form(session, code, _typed(ThemeDocument.model_validate(revision.document)) | names, {}, "")


@blueprint.post("/<code>")
@access.allow(EDIT)
def save(code: str) -> ResponseReturnValue:
    """Save the theme's next revision."""
    form = request.form
    based_on = form.get("based_on", "0")
    try:
        with web.writing() as session:
            document = themes_keeping.document_of(_raw(form))
            number = int(based_on) if based_on.isascii() and based_on.isdigit() and len(based_on) < 9 else 0
            themes_keeping.change(session, code, _names(), document, number, access.actor(), web.now())
    except (InvalidInput, ThemeChanged) as error:
        with web.reading() as session:
            fields = getattr(error, "fields", {})
            return _form(session, code, form.to_dict(), fields, "" if fields else error_text(error)), error.status
    themes.forget()
    flash(_("Saved. Every page shows it within ten seconds."), "good")
    return redirect(url_for("themes.show", code=code))


@blueprint.post("/<code>/back/<int:number>")
@access.allow(EDIT)
def take_back(code: str, number: int) -> ResponseReturnValue:
    """Let an earlier revision hold again."""
    with web.writing() as session:
        themes_keeping.take_back(session, code, number, access.actor(), web.now())
    themes.forget()
    flash(_("Revision %(number)s holds again.", number=number), "good")
    return redirect(url_for("themes.show", code=code))


@blueprint.post("/<code>/default")
@access.allow(EDIT)
def choose(code: str) -> ResponseReturnValue:
    """Make it the default."""
    with web.writing() as session:
        themes_keeping.choose(session, code, access.actor(), web.now())
    themes.forget()
    flash(_("Questionnaires that name no theme look like this from now on."), "good")
    return redirect(url_for("themes.show", code=code))


def _raw(form: Any) -> dict[str, Any]:
    """A document's fields from a form; blank words are left out."""
    footer = {tag: form.get(f"footer.{tag}", "").strip() for tag in ("zh-Hans", "en") if form.get(f"footer.{tag}", "").strip()}
    raw: dict[str, Any] = {name: form.get(name) for name in ("brand", "corners", "density") if form.get(name) is not None}
    if any("\x00" in words for words in footer.values()):
        raise InvalidInput({"footer": "text_unreadable"})
    return raw | {"footer": footer} | ({"logo": form.get("logo")} if form.get("logo") else {})


def _typed(document: ThemeDocument) -> dict[str, str]:
    """A document as a form shows it."""
    words = {f"footer.{tag}": text for tag, text in document.footer.items()}
    logo = str(document.logo) if document.logo else ""
    return {"brand": document.brand, "corners": document.corners, "density": document.density, "logo": logo, **words}


def _names() -> tuple[str, str]:
    names = [request.form.get(name, "").replace("\x00", "").strip() for name in ("name_zh", "name_en")]
    return names[0], names[1]


def _form(session: Session, code: str | None, filled: dict[str, str], fields: dict[str, str], problem: str) -> str:
    theme = store.by_code(session, code) if code else None
    if code and theme is None:
        raise NotFound
    brand = filled.get("brand", "")
    values = {
        "theme": theme,
        "filled": filled,
        "wrong": {name: _said(kind) for name, kind in fields.items()},
        "problem": problem,
        "colours": palette(brand) if is_colour(brand) else None,
        "logos": [(str(one.id), one.name) for one in media_store.listed(session, limit=200)],
        "revisions": store.revisions(session, code) if code else [],
        "used": store.used_by(session, code) if code else 0,
        "query": {name: filled[name] for name in WORDS if filled.get(name)},
    }
    return web.render("questionnaires/answering/theme.html", may_edit=access.may(EDIT), **values)


def _said(code: str) -> str:
    words = {
        "missing": _("Please give it a name."),
        "too_long": _("This is too long."),
        "not_a_colour": _("Please write a colour as #rrggbb."),
        "unknown_picture": _("This picture is not in the library."),
        "code_taken": _("There is a theme with this code."),
        "wrong_code": _("Small letters, digits and _ only, beginning with a letter; at most 40."),
    }
    return str(words.get(code) or _("Please choose one."))
