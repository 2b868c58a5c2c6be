"""The tiers in versions with their simulator, and the training as it is edited."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from officers.people import learning, scheme, tier_store, tiers, words
from officers.people.desk_views import READ, WORK, may_whole
from portal.foundation import web
from portal.foundation.errors import Conflict, InvalidInput
from portal.foundation.i18n import _, error_text
from portal.people import access

blueprint = Blueprint("officers_tiers", __name__, url_prefix="/portal/officers")
APPROVE = "officers.tiers.approve"
MOST_TIERS, MOST_BENEFITS, SPARE = 8, 10, 1
MOST_UNITS, MOST_QUESTIONS = 20, 30
NUMBERS = ("of_last", "fraud_days", "hold_days", "notice_days")
SHARES = ("approved_share", "hold_share")


@blueprint.get("/tiers")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The tiers in force, how many officers hold each, and the versions."""
    with web.reading() as session:
        held, counts, versions = tiers.scheme(session), tier_store.counts(session), tier_store.versions(session)
    me = access.me().user_id
    return web.render(
        "officers/people/tiers.html", scheme=held, counts=counts, versions=versions, words=words, me_id=me,
        may_write=may_whole(WORK), may_approve=may_whole(APPROVE),
    )  # fmt: skip


@blueprint.get("/tiers/new")
@access.allow(WORK)
def new() -> ResponseReturnValue:
    """A new version, beginning with the one in force."""
    access.whole_bank(WORK)
    with web.reading() as session:
        held = tiers.scheme(session)
    return _form(held.model_dump(mode="json"))


def _form(
    wanted: dict[str, Any], status: int = 200, errors: dict[str, str] | None = None, trial: scheme.Trial | None = None
) -> ResponseReturnValue:
    rows = [*wanted["tiers"], *({"benefits": ()} for _spare in range(SPARE if len(wanted["tiers"]) < MOST_TIERS else 0))]
    return web.render("officers/people/tier_form.html", wanted=wanted, rows=rows, errors=errors or {}, trial=trial), status


@blueprint.post("/tiers/new")
@access.allow(WORK)
def try_or_submit() -> ResponseReturnValue:
    """Hold the thresholds against the real growth, or hand the version in."""
    access.whole_bank(WORK)
    typed = _typed()
    try:
        if request.form.get("act") == "simulate":
            with web.reading() as session:
                return _form(typed, trial=scheme.simulate(session, scheme.read(typed), web.now()))
        with web.writing() as session:
            made = scheme.draft(session, typed, access.actor(), web.now())
    except InvalidInput as error:
        return _form(typed, 422, {name: str(_(code)) for name, code in error.fields.items()})
    flash(_("Version %(n)s waits for a second person.", n=made.number), "good")
    return redirect(url_for("officers_tiers.index"))


def _typed() -> dict[str, Any]:
    """The form as the rules read it; a row without a code is left out."""
    form = request.form
    names = ("code", "name_zh", "name_en", "threshold", "factor", "benefits_zh", "benefits_en")
    rows = list(zip(*(form.getlist(name) for name in names), strict=False))[:MOST_TIERS]
    found: dict[str, Any] = {"tiers": [_row(row) for row in rows if row[0].strip()]}
    found |= {name: form.get(name, "").strip() for name in NUMBERS}
    return found | {name: _percent(form.get(name, "")) for name in SHARES}


def _row(row: tuple[str, ...]) -> dict[str, Any]:
    code, zh, en, threshold, factor, benefits_zh, benefits_en = (text.replace("\x00", "").strip() for text in row)
    both = zip(benefits_zh.splitlines(), benefits_en.splitlines(), strict=False)
    benefits = [{"zh": one.strip(), "en": other.strip()} for one, other in both if one.strip()]
    return {
        "code": code, "name_zh": zh, "name_en": en, "threshold": threshold, "factor": factor or "1", "benefits": benefits[:MOST_BENEFITS]
    }  # fmt: skip


def _percent(text: str) -> Any:
    try:
        return round(float(text) / 100, 4)
    except ValueError:
        return text


@blueprint.post("/tiers/<uuid:version_id>/<any(approve, withdraw):act>")
@access.allow(APPROVE)
def decide(version_id: UUID, act: str) -> ResponseReturnValue:
    """The second person's yes, or giving it up."""
    access.whole_bank(APPROVE)
    step = scheme.put_into_force if act == "approve" else scheme.withdraw
    try:
        with web.writing() as session:
            step(session, version_id, access.actor(), web.now())
    except Conflict as error:
        flash(error_text(error), "warn")
    else:
        flash(_("Saved."), "good")
    return redirect(url_for("officers_tiers.index"))


@blueprint.get("/training/edit")
@access.allow(WORK)
def edit_training() -> ResponseReturnValue:
    """The training as it is edited."""
    access.whole_bank(WORK)
    with web.reading() as session:
        course = learning.present(session).course
    return _training_form(course.model_dump(mode="json"))


def _training_form(course: dict[str, Any], status: int = 200, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    units = [*course["units"], *([{}] if len(course["units"]) < MOST_UNITS else [])]
    questions = [*course["questions"], *([{}] if len(course["questions"]) < MOST_QUESTIONS else [])]
    page = web.render("officers/people/training_form.html", course=course, units=units, questions=questions, errors=errors or {})
    return page, status


@blueprint.post("/training/edit")
@access.allow(WORK)
def save_training() -> ResponseReturnValue:
    """A new version of the training."""
    access.whole_bank(WORK)
    course = _course()
    try:
        with web.writing() as session:
            made = learning.save(session, course, access.actor(), web.now())
    except InvalidInput as error:
        return _training_form(course, 422, {name: str(_(code)) for name, code in error.fields.items()})
    flash(_("Version %(n)s of the training is in force.", n=made.number), "good")
    return redirect(url_for("officers_panel.training"))


def _course() -> dict[str, Any]:
    """The form as the rules read it; rows without a Chinese title or question are left out."""
    form = request.form
    units = _rows(("title_zh", "title_en", "body_zh", "body_en"))
    questions = _rows(("text_zh", "text_en", "options_zh", "options_en", "right"))
    for one in questions:
        for name in ("options_zh", "options_en"):
            one[name] = [line.strip() for line in one[name].splitlines() if line.strip()]
        one["right"] = int(one["right"]) - 1 if one["right"].isascii() and one["right"].isdigit() and len(one["right"]) < 3 else -1
    return {"units": units, "questions": questions, "pass_share": _percent(form.get("pass_share", "")), "tries": form.get("tries", "")}


def _rows(names: tuple[str, ...]) -> list[dict[str, Any]]:
    columns = [request.form.getlist(name) for name in names]
    rows = [dict(zip(names, (text.replace("\x00", "").strip() for text in row), strict=True)) for row in zip(*columns, strict=False)]
    return [row for row in rows if row[names[0]]]
