"""Declared attributes of customers: an administrator says which there are, and of which type."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import pick
from portal.people.models import AttributeKind
from portal.people.rules.attributes import SEGMENT, TYPES, Option, named, option_of

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


LONGEST = 60


def segments(session: Session) -> dict[str, Option]:
    """The names of customers' segments by code, as far as they are declared; one statement."""
    row = session.get(AttributeKind, SEGMENT)
    return named(row.options) if row else {}


def segment_name(known: Mapping[str, Option], code: str | None) -> str:
    """What a segment is called; its code where nobody named it."""
    one = known.get(code or "")
    return pick(one.zh, one.en) or one.code if one else code or ""


def _wrong_options(options: Sequence[Option]) -> str:
    """Why options can't be declared: a code, "" where they can."""
    if not 2 <= len(options) <= 100 or any(not one.code or max(map(len, (one.code, one.zh, one.en))) > LONGEST for one in options):
        return "two_to_hundred_options"
    return "option_twice" if len({one.code for one in options}) < len(options) else ""


def declare(
    session: Session, code: str, name_zh: str, name_en: str, kind: str, options: Sequence[str], actor: Actor, now: datetime
) -> AttributeKind:
    """Declare an attribute, or change its names and options; its type stays, values of it are there already.

    Raises  InvalidInput naming the field at fault
    """
    problems = {name: "missing" for name, value in (("name_zh", name_zh), ("name_en", name_en)) if not value.strip()}
    problems |= {name: "too_long" for name, value in (("name_zh", name_zh), ("name_en", name_en)) if len(value.strip()) > 60}
    if not CODE.fullmatch(code):
        problems["code"] = "code_letters"
    if kind not in TYPES:
        problems["type"] = "not_one_of_the_words"
    words = list(dict.fromkeys(word.strip() for word in options if word.strip()))
    if kind == "choice" and (wrong := _wrong_options([option_of(word) for word in words])):
        problems["options"] = wrong
    if code == SEGMENT and kind in TYPES and kind != "choice":
        problems["type"] = "segments_are_a_choice"
    there = session.get(AttributeKind, code) if "code" not in problems else None
    if there is not None and there.type != kind:
        problems["type"] = "type_stays"
    if problems:
        raise InvalidInput(problems)
    row = there or AttributeKind(code=code, name_zh="", name_en="", type=kind)
    row.name_zh, row.name_en, row.options = name_zh.strip(), name_en.strip(), words if kind == "choice" else []
    session.add(row)
    session.flush()
    trail.record(session, actor, "attribute.declare", "attribute_kind", code, now)
    return row
