"""Pages of legal holds, held records, notices, periods and the register."""

from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, current_language
from portal.people import access, customer_store, edge, sheets, user_store
from portal.privacy import held_store, holding, notices, paper_store, register, retention, words
from portal.privacy.edge import EDIT, HOLD, PUBLISH, READ, REFUSED, errors_of, tabs, typed
from portal.privacy.notices import Wanted
from portal.privacy.views import blueprint

__all__ = ["blueprint"]


def _tongue() -> str:
    return "zh" if current_language() == "zh-Hans" else "en"


@blueprint.get("/holds")
@access.allow(HOLD)
def holds() -> ResponseReturnValue:
    """Holds, and records that are kept by law alone."""
    return _holds()


def _holds(error: InvalidInput | None = None) -> ResponseReturnValue:
    with web.reading() as session:
        rows = held_store.holds(session)
        names = user_store.names(session, [one.asked_by for one, _customer in rows])
        records = held_store.live(session)
    me = access.me().user_id
    page = web.render(
        "portal/privacy/holds.html", rows=rows, records=records, names=names, words=words, mine=me, errors=errors_of(error),
        typed=request.form, tabs=tabs(),
    )  # fmt: skip
    return page, REFUSED if error else 200


@blueprint.post("/holds")
@access.allow_whole(HOLD)
def ask_hold() -> ResponseReturnValue:
    """Ask for a hold."""
    try:
        with web.writing() as session:
            customer = customer_store.by_ref(session, typed("ref", 100).strip())
            if customer is None:
                raise InvalidInput({"ref": "unknown_customer"})
            holding.ask(session, customer.id, typed("reason", 20), typed("reference", 61), access.actor(), web.now())
    except InvalidInput as error:
        return _holds(error)
    flash(_("Asked. Another person lays the hold."), "good")
    return redirect(url_for("privacy.holds"))


@blueprint.post("/holds/<uuid:hold_id>/<any(lay, refuse, ask_lift, lift, keep):act>")
@access.allow_whole(HOLD)
def decide_hold(hold_id: UUID, act: str) -> ResponseReturnValue:
    """The second person's step, or the first one towards lifting."""
    with web.writing() as session:
        holding.decide(session, hold_id, act, access.actor(), web.now())
    flash(_("Saved."), "good")
    return redirect(url_for("privacy.holds"))


@blueprint.get("/notices")
@access.allow(READ)
def notice_index() -> ResponseReturnValue:
    """The versions of the notice, and the purposes."""
    return _notices()


def _notices(error: InvalidInput | None = None) -> ResponseReturnValue:
    with web.reading() as session:
        rows, purposes = paper_store.notices(session), paper_store.purposes(session)
        ids = [key for one in rows for key in (one.made_by, one.published_by) if key]
        names = user_store.names(session, ids)
    page = web.render(
        "portal/privacy/notices.html", rows=rows, purposes=purposes, names=names, words=words, errors=errors_of(error), typed=request.form,
        mine=access.me().user_id, tabs=tabs(),
    )  # fmt: skip
    return page, REFUSED if error else 200


@blueprint.post("/purposes")
@access.allow_whole(EDIT)
def put_purpose() -> ResponseReturnValue:
    """Add a purpose, or name it anew."""
    try:
        with web.writing() as session:
            code, name_zh, name_en, basis = (typed(name, 81).strip() for name in ("code", "name_zh", "name_en", "basis"))
            notices.put_purpose(session, code, name_zh, name_en, basis, access.actor(), web.now())
    except InvalidInput as error:
        return _notices(error)
    flash(_("Saved."), "good")
    return redirect(url_for("privacy.notice_index"))


@blueprint.get("/notices/new")
@access.allow(EDIT)
def new_notice() -> ResponseReturnValue:
    """The form of a new version; it begins with the words in force."""
    with web.reading() as session:
        found = paper_store.in_force(session)
    start = {name: getattr(found, name) for name in notices.LONGEST} if found else {}
    return web.render("portal/privacy/notice.html", typed=start, errors={}, notice=None, tabs=tabs())


@blueprint.post("/notices/new")
@access.allow_whole(EDIT)
def make_notice() -> ResponseReturnValue:
    """Keep a new draft."""
    return _write(None)


@blueprint.get("/notices/<uuid:notice_id>")
@access.allow(READ)
def notice(notice_id: UUID) -> ResponseReturnValue:
    """One version, as a form while it is a draft."""
    with web.reading() as session:
        found = paper_store.notice(session, notice_id)
    if found is None:
        raise NotFound
    return web.render("portal/privacy/notice.html", typed=found.model_dump(), errors={}, notice=found, tabs=tabs())


@blueprint.post("/notices/<uuid:notice_id>")
@access.allow_whole(EDIT)
def change_notice(notice_id: UUID) -> ResponseReturnValue:
    """Change a draft."""
    return _write(notice_id)


def _write(notice_id: UUID | None) -> ResponseReturnValue:
    wanted = Wanted(*(typed(name, notices.LONGEST.get(name, 20) + 1).strip() for name in Wanted._fields))
    try:
        with web.writing() as session:
            made = notices.write(session, wanted, access.actor(), web.now(), notice_id)
    except InvalidInput as error:
        with web.reading() as session:
            found = paper_store.notice(session, notice_id) if notice_id else None
        return web.render("portal/privacy/notice.html", typed=wanted._asdict(), errors=errors_of(error), notice=found, tabs=tabs()), REFUSED
    flash(_("Saved."), "good")
    return redirect(url_for("privacy.notice", notice_id=made.id))


@blueprint.post("/notices/<uuid:notice_id>/submit")
@access.allow_whole(EDIT)
def submit_notice(notice_id: UUID) -> ResponseReturnValue:
    """Hand it to the second person."""
    return _step(notice_id, "submit")


@blueprint.post("/notices/<uuid:notice_id>/<any(publish, return):act>")
@access.allow_whole(PUBLISH)
def publish_notice(notice_id: UUID, act: str) -> ResponseReturnValue:
    """The second person publishes it or gives it back."""
    return _step(notice_id, act)


def _step(notice_id: UUID, act: str) -> ResponseReturnValue:
    with web.writing() as session:
        notices.step(session, notice_id, act, access.actor(), web.now())
    flash(_("Saved."), "good")
    return redirect(url_for("privacy.notice_index"))


@blueprint.get("/retention")
@access.allow(READ)
def retention_page() -> ResponseReturnValue:
    """How long each kind of data is kept."""
    return _retention()


def _retention(error: InvalidInput | None = None) -> ResponseReturnValue:
    settings = web.ground().settings
    with web.reading() as session:
        rows = [(kind, retention.months(session, kind.code, settings)) for kind in retention.KINDS.values()]
    kind = typed("kind", 30) if error else ""
    page = web.render(
        "portal/privacy/retention.html", rows=rows, errors=errors_of(error), at=kind, log_days=settings.log_kept_days, tabs=tabs()
    )
    return page, REFUSED if error else 200


@blueprint.post("/retention")
@access.allow_whole(EDIT)
def choose_period() -> ResponseReturnValue:
    """Choose another period."""
    try:
        with web.writing() as session:
            wanted = edge.number_of(typed("months", 9)) or 0
            retention.choose(session, typed("kind", 30), wanted, access.actor(), web.now())
    except InvalidInput as error:
        return _retention(error)
    flash(_("Saved."), "good")
    return redirect(url_for("privacy.retention_page"))


@blueprint.get("/register")
@access.allow(READ)
def register_page() -> ResponseReturnValue:
    """What is done with whose data."""
    with web.reading() as session:
        rows = paper_store.activities(session)
        kept = {code: retention.said(session, code, web.ground().settings) for code in retention.KINDS}
        purposes = {one.code: one for one in paper_store.purposes(session)}
    tongue = _tongue()
    return web.render("portal/privacy/register.html", rows=rows, purposes=purposes, tongue=tongue, words=words, kept=kept, tabs=tabs())


@blueprint.get("/register/<uuid:activity_id>")
@access.allow(EDIT)
def activity(activity_id: UUID) -> ResponseReturnValue:
    """The form of a line."""
    return _activity(activity_id, {}, None)


def _activity(activity_id: UUID, said: dict[str, str], error: InvalidInput | None) -> ResponseReturnValue:
    with web.reading() as session:
        found = paper_store.activity(session, activity_id)
    if found is None:
        raise NotFound
    start = {f"{name}_{tongue}": found.words.get(name, {}).get(tongue, "") for name in register.FIELDS for tongue in ("zh", "en")}
    start |= {"risk": found.risk, "retention": found.retention, **said}
    kinds = [(code, kind.title) for code, kind in retention.KINDS.items()]
    page = web.render(
        "portal/privacy/activity.html", one=found, typed=start, errors=errors_of(error), words=words, kinds=kinds, tabs=tabs()
    )
    return page, REFUSED if error else 200


@blueprint.post("/register/<uuid:activity_id>")
@access.allow_whole(EDIT)
def change_activity(activity_id: UUID) -> ResponseReturnValue:
    """Change a line."""
    names = [f"{name}_{tongue}" for name in register.FIELDS for tongue in ("zh", "en")]
    said = {name: typed(name, register.LONGEST + 1) for name in (*names, "risk", "retention")}
    try:
        with web.writing() as session:
            register.change(session, activity_id, said, access.actor(), web.now())
    except InvalidInput as error:
        return _activity(activity_id, said, error)
    flash(_("Saved."), "good")
    return redirect(url_for("privacy.register_page"))


@blueprint.get("/register.csv")
@access.allow(READ)
def register_file() -> ResponseReturnValue:
    """The register as a file."""
    with web.reading() as session:
        head, *rows = register.lines(session, _tongue(), web.ground().settings)
    text = sheets.dump(head, rows)
    return Response(text, mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=register-of-processing.csv"})


@blueprint.get("/assessment.md")
@access.allow(READ)
def assessment() -> ResponseReturnValue:
    """The impact assessment, to be completed and signed."""
    with web.reading() as session:
        text = register.assessment(session, web.ground(), _tongue(), web.now())
    return Response(text, mimetype="text/markdown", headers={"Content-Disposition": "attachment; filename=impact-assessment.md"})
