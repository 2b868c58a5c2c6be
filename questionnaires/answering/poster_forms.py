"""Forms and filters of staff's pages for codes."""

from uuid import UUID

from flask import request
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, current_language, pick
from portal.people import access, units
from questionnaires.answering.models import POSTER_CHANNELS
from questionnaires.answering.poster_store import Filters, PosterRow
from questionnaires.answering.posters import Place
from questionnaires.library import store as library_store

READ, EDIT = "posters.read", "posters.edit"
LENGTHS = {"touchpoint": 60, "stage": 60, "counter": 40, "staff": 40, "place": 60}
STATES = ("in_use", "resting", "retired")


def address(code: str) -> str:
    """What the picture of a code says."""
    return f"{web.ground().settings.effective_public_url}/q/{code}"


def filters() -> Filters:
    """What the address narrows a list of codes to; what can't be read narrows nothing."""
    args = request.args
    state = args.get("state", "")
    search = args.get("q", "").strip()[:40]
    return Filters(id_of(args.get("unit", "")), id_of(args.get("questionnaire", "")), state if state in STATES else "", search)


def cursor() -> tuple[str, str] | None:
    """The last row of the page before."""
    unit, joint, code = request.args.get("cursor", "")[:100].rpartition("|")
    return (unit, code) if joint else None


def cursor_of(row: PosterRow) -> str:
    """What names a row as the last of its page."""
    return f"{row.unit.code}|{row.poster.code}"


def id_of(text: str) -> UUID | None:
    """An id from an address or form."""
    try:
        return UUID(text)
    except ValueError:
        return None


def tree(session: Session, permission: str) -> list[dict[str, object]]:
    """The units in scope, as the picker takes them."""
    zh = current_language() == "zh-Hans"
    nodes = units.nodes(session, access.scope(permission), web.now())
    return [{"id": str(n.unit.id), "name": n.unit.name_zh if zh else n.unit.name_en, "depth": n.depth} for n in nodes]


def asked_by_codes(session: Session) -> list[tuple[str, str]]:
    """Published questionnaires as choices."""
    rows = library_store.listed(session, library_store.Filters(status="published"))
    return [(str(one.id), pick(one.title_zh, one.title_en)) for one in rows]


def place(session: Session) -> tuple[Place, UUID]:
    """The form's place and questionnaire; a unit outside the scope is as if it were not there.

    Raises  InvalidInput, NotFound
    """
    form = request.form
    wrong = {name: "text_too_long" for name, most in LENGTHS.items() if len(form.get(name, "")) > most}
    wrong |= {name: "text_unreadable" for name in LENGTHS if "\x00" in form.get(name, "")}
    unit_id, questionnaire_id = id_of(form.get("unit", "")), id_of(form.get("questionnaire", ""))
    channel = form.get("channel", "poster")
    if unit_id is None:
        wrong["unit"] = "answer_required"
    if questionnaire_id is None:
        wrong["questionnaire"] = "answer_required"
    if channel not in POSTER_CHANNELS:
        wrong["channel"] = "answer_required"
    if wrong or unit_id is None or questionnaire_id is None:
        raise InvalidInput(wrong)
    access.check_unit(EDIT, unit_id, session)
    texts = {name: form.get(name, "").strip() for name in LENGTHS}
    return Place(unit_id, **texts, channel=channel, kiosk=bool(form.get("kiosk"))), questionnaire_id


def blank(filled: dict[str, str], fields: dict[str, str] | None = None, problem: str = "") -> str:
    """The form for a new code, with what was typed and what was wrong with it."""
    with web.reading() as session:
        found = tree(session, EDIT)
        choices = asked_by_codes(session)
    if not found:
        raise NotFound
    wrong = {name: words(code) for name, code in (fields or {}).items()}
    values = {"units": found, "choices": choices, "filled": filled, "wrong": wrong}
    return web.render("questionnaires/answering/poster_new.html", problem="" if wrong else problem, channels=channels(), **values)


def channels() -> list[tuple[str, str]]:
    """Where a code can be, in words."""
    return [
        ("poster", _("Poster or table card")),
        ("app", _("Mobile-bank app")),
        ("wechat", _("WeChat menu")),
        ("netbank", _("Net bank")),
    ]


def words(code: str) -> str:
    """What is wrong with a field."""
    if code == "answer_required":
        return str(_("Please choose one."))
    return str(_("This is too long.") if code == "text_too_long" else _("Please remove signs that can't be read."))
