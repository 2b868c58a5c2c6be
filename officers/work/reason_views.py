"""The review desk's reasons: the list, and the form of one."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from officers.people.desk_views import may_whole
from officers.work import reasons, words
from officers.work.reasons import LONGEST, Wording
from officers.work.review_views import READ, REVOKE, blueprint
from officers.work.store import reviews as store
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, error_text
from portal.people import access

__all__ = ["blueprint"]
EDIT_REASONS = REVOKE
"""Whoever answers for the programme; of the whole bank, since the reasons are."""


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "").replace("\r\n", "\n").strip()


def _wording() -> Wording:
    return Wording(**{name: _text(name) for name in LONGEST})


@blueprint.get("/reasons")
@access.allow(READ)
def reason_list() -> ResponseReturnValue:
    """All reasons, retired ones too."""
    with web.reading() as session:
        rows = store.reasons(session, retired=True)
    return web.render("officers/work/reasons.html", rows=rows, words=words, may_edit=may_whole(EDIT_REASONS))


@blueprint.get("/reasons/new")
@access.allow(EDIT_REASONS)
def new_reason() -> ResponseReturnValue:
    """An empty form."""
    access.whole_bank(EDIT_REASONS)
    return _form("", {}, {})


@blueprint.get("/reasons/<code>/edit")
@access.allow(EDIT_REASONS)
def edit_reason(code: str) -> ResponseReturnValue:
    """The form of one."""
    access.whole_bank(EDIT_REASONS)
    with web.reading() as session:
        row = store.reason(session, code)
        if row is None:
            raise NotFound
        return _form(code, row.model_dump(), {})


def _form(code: str, filled: dict[str, Any], errors: dict[str, str]) -> str:
    return web.render("officers/work/reason_form.html", code=code, filled=filled, errors=errors, words=words)


@blueprint.post("/reasons/new")
@access.allow(EDIT_REASONS)
def make_reason() -> ResponseReturnValue:
    """Add one."""
    return _save("")


@blueprint.post("/reasons/<code>/edit")
@access.allow(EDIT_REASONS)
def change_reason(code: str) -> ResponseReturnValue:
    """Change the words of one."""
    return _save(code)


def _save(code: str) -> ResponseReturnValue:
    access.whole_bank(EDIT_REASONS)
    try:
        with web.writing() as session:
            if code:
                reasons.change(session, code, _wording(), access.actor(), web.now())
            else:
                reasons.add(session, _text("code"), _text("for_verdict"), _wording(), access.actor(), web.now())
    except InvalidInput as error:
        return _form(code, dict(request.form), {name: _(why) for name, why in error.fields.items()}), error.status
    flash(_("Saved."), "good")
    return redirect(url_for("officer_reviews.reason_list"))


@blueprint.post("/reasons/<code>/<any(on, off):state>")
@access.allow(EDIT_REASONS)
def switch_reason(code: str, state: str) -> ResponseReturnValue:
    """Retire one, or offer it again."""
    access.whole_bank(EDIT_REASONS)
    try:
        with web.writing() as session:
            reasons.switch(session, code, state == "on", access.actor(), web.now())
    except reasons.LastReason as error:
        flash(error_text(error), "bad")
    else:
        flash(_("Saved."), "good")
    return redirect(url_for("officer_reviews.reason_list"))
