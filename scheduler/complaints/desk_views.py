"""The library, the experts, the code list and the limits."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.people import access
from portal.people.edge import asked, day_of, page_of, today, uuid_of
from scheduler.cases.words import root_causes
from scheduler.complaints import codes, forms, library, settings, words
from scheduler.complaints.library_models import ENTRY_KINDS
from scheduler.complaints.rules.limits import Limits
from scheduler.complaints.store import codes as code_store
from scheduler.complaints.store import library as store
from scheduler.complaints.views import SETTINGS, errors_of

blueprint = Blueprint("case_library", __name__, url_prefix="/portal/case-library")
READ, EDIT, APPROVE = "library_cases.read", "library_cases.edit", "library_cases.approve"
HOT_DAYS = 90


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The library, with what customers complained about most this quarter."""
    kind, view = asked("kind", 10), asked("view", 10)
    wanted = store.Filter(
        access.may(EDIT), kind if kind in ENTRY_KINDS else "", asked("cause", 60), asked("q", 60), view == "best",
        today() if view == "due" else None, uuid_of(request.args.get("cursor")),
    )  # fmt: skip
    with web.writing() as session:
        rows, more = page_of(store.page(session, wanted), store.PAGE)
        hot, offered = store.hot(session, web.now() - timedelta(days=HOT_DAYS)), codes.ensure(session)
    names = {(one.kind, one.code): (one.name_zh, one.name_en) for one in offered}
    return web.render(
        "scheduler/complaints/library.html", rows=rows, hot=hot, names=names, wanted=wanted, view=view, causes=root_causes(), today=today(),
        may_edit=access.may(EDIT), next_cursor=str(rows[-1].id) if more else None,
    )  # fmt: skip


@blueprint.get("/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """An empty form; `?case=` names the case it is about."""
    return _form({}, None)


def _form(errors: dict[str, str], entry_id: UUID | None) -> str:
    with web.writing() as session:
        found = store.entry(session, entry_id) if entry_id else None
        if entry_id is not None and found is None:
            raise NotFound
        offered = codes.ensure(session)
    filled = request.form if request.method == "POST" else found.model_dump() if found else {"from_case": asked("case", 20)}
    return web.render(
        "scheduler/complaints/library_form.html", errors=errors, filled=filled, entry=found, causes=root_causes(),
        codes=[one for one in offered if one.kind == "business"],
    )  # fmt: skip


@blueprint.post("/new")
@access.allow(EDIT)
def write() -> ResponseReturnValue:
    """Write an entry."""
    return _write(None)


@blueprint.get("/<uuid:entry_id>/edit")
@access.allow(EDIT)
def edit(entry_id: UUID) -> ResponseReturnValue:
    """The form of an entry that is there."""
    return _form({}, entry_id)


@blueprint.post("/<uuid:entry_id>/edit")
@access.allow(EDIT)
def rewrite(entry_id: UUID) -> ResponseReturnValue:
    """Write it anew; a second person publishes it again."""
    return _write(entry_id)


def _write(entry_id: UUID | None) -> ResponseReturnValue:
    try:
        with web.writing() as session:
            row = library.write(session, forms.entry(request.form), access.actor(), web.now(), entry_id)
    except InvalidInput as error:
        return _form(errors_of(error), entry_id), error.status
    flash(_("Kept. A second person publishes it."), "info")
    return redirect(url_for("case_library.show", entry_id=row.id))


@blueprint.get("/<uuid:entry_id>")
@access.allow(READ)
def show(entry_id: UUID) -> ResponseReturnValue:
    """One entry."""
    return _page(entry_id, "")


def _page(entry_id: UUID, error: str) -> str:
    with web.writing() as session:
        found = store.entry(session, entry_id)
        if found is None or (found.state != "published" and not access.may(EDIT)):
            raise NotFound
        names = {(one.kind, one.code): (one.name_zh, one.name_en) for one in codes.ensure(session)}
    return web.render(
        "scheduler/complaints/library_show.html", entry=found, error=error, causes=dict(root_causes()), names=names,
        me_id=access.me().user_id,
        may_edit=access.may(EDIT), may_approve=access.may(APPROVE), today=today(),
    )  # fmt: skip


@blueprint.post("/<uuid:entry_id>/<any(publish, crown, retire):name>")
@access.allow(APPROVE)
def decide(entry_id: UUID, name: str) -> ResponseReturnValue:
    """Publish it, name it best practice of a quarter, or take it off the shelf."""
    actor, now = access.actor(), web.now()
    try:
        with web.writing() as session:
            if name == "publish":
                library.publish(session, entry_id, actor, now)
            elif name == "crown":
                library.crown(session, entry_id, forms.text(request.form, "quarter", 7), actor, now)
            else:
                library.retire(session, entry_id, actor, now)
    except NotFound:
        raise
    except SoundingsError as error:
        return _page(entry_id, next(iter(errors_of(error).values()), error_text(error))), error.status
    flash(_("Saved."), "good")
    return redirect(url_for("case_library.index") if name == "retire" else url_for("case_library.show", entry_id=entry_id))


@blueprint.post("/<uuid:entry_id>/look")
@access.allow(EDIT)
def look(entry_id: UUID) -> ResponseReturnValue:
    """It was looked at and still holds."""
    try:
        with web.writing() as session:
            library.look_again(session, entry_id, day_of(request.form.get("review_on")), access.actor(), web.now())
    except InvalidInput as error:
        return _page(entry_id, next(iter(errors_of(error).values()))), error.status
    flash(_("Saved."), "good")
    return redirect(url_for("case_library.show", entry_id=entry_id))


@blueprint.get("/settings")
@access.allow(SETTINGS)
def rules() -> ResponseReturnValue:
    """Limits, code list, experts, and how well guesses do."""
    return _rules({})


def _rules(errors: dict[str, str]) -> str:
    with web.writing() as session:
        offered, limits = codes.ensure(session), settings.in_force(session)
        experts, models = store.experts(session), {kind: code_store.newest_model(session, kind) for kind in codes.LEARNT}
        staff = forms.everybody(session, web.now())
    return web.render(
        "scheduler/complaints/settings.html", codes=offered, limits=limits, experts=experts, models=models, errors=errors, words=words,
        filled=request.form, staff=staff,
    )  # fmt: skip


@blueprint.post("/settings/limits")
@access.allow(SETTINGS)
def set_limits() -> ResponseReturnValue:
    """Set other limits for what comes from now on."""
    raw = {name: forms.text(request.form, name, 10) for name in Limits.model_fields}
    try:
        with web.writing() as session:
            settings.change(session, raw, access.actor(), web.now())
    except InvalidInput as error:
        return _rules(errors_of(error)), error.status
    flash(_("The limits hold for what comes from now on."), "good")
    return redirect(url_for("case_library.rules"))


@blueprint.post("/settings/codes")
@access.allow(SETTINGS)
def take_codes() -> ResponseReturnValue:
    """Take the code list from a spreadsheet."""
    sent = request.files.get("file")
    try:
        with web.writing() as session:
            counted = codes.take_file(session, sent.read() if sent else b"", access.actor(), web.now())
    except InvalidInput as error:
        return _rules(errors_of(error)), error.status
    flash(_("The code list has %(n)s lines.", n=sum(counted.values())), "good")
    return redirect(url_for("case_library.rules"))


@blueprint.post("/settings/experts")
@access.allow(SETTINGS)
def set_expert() -> ResponseReturnValue:
    """Put somebody into the group of experts, or take them out."""
    user = uuid_of(request.form.get("user"))
    try:
        with web.writing() as session:
            if user is None:
                raise InvalidInput({"user": "missing"})
            on = request.form.get("act") != "remove"
            library.set_expert(session, user, forms.text(request.form, "topics", 200), access.actor(), web.now(), on=on)
    except InvalidInput as error:
        return _rules(errors_of(error)), error.status
    flash(_("Saved."), "good")
    return redirect(url_for("case_library.rules"))
