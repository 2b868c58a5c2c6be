"""Declared attributes of customers: an administrator says which there are, and of which type."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.people.models import AttributeKind
from portal.people.rules.attributes import TYPES

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


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
    if kind == "choice" and (len(words) < 2 or len(words) > 100 or any(len(word) > 60 for word in words)):
        problems["options"] = "two_to_hundred_options"
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
