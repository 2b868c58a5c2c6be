"""The reasons that reviewers choose from: a bank words them, adds its own and retires what it does not use. A code stays for good."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session

from officers.work.review_models import ReviewReason
from officers.work.shipped import put_reasons
from officers.work.store import reviews as store
from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, InvalidInput, NotFound

OBJECT = "review_reason"
CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
FOR = ("reject", "need_info")
LONGEST = {"name_zh": 80, "name_en": 120, "advice_zh": 300, "advice_en": 300}


class LastReason(Conflict):
    """Without a reason left nobody could refuse, or ask for more."""

    code = "review_reason_last"


@dataclass(frozen=True)
class Wording:
    """What a reviewer chooses, and what the officer is told to do better, in both languages."""

    name_zh: str
    name_en: str
    advice_zh: str = ""
    advice_en: str = ""


def add(session: Session, code: str, for_verdict: str, wording: Wording, actor: Actor, now: datetime) -> ReviewReason:
    """A new reason, behind those that are there.

    Raises  InvalidInput naming the fields
    """
    put_reasons(session)
    problems = _problems(wording)
    if not CODE.fullmatch(code):
        problems["code"] = "not_a_code"
    elif store.reason(session, code) is not None:
        problems["code"] = "code_taken"
    if for_verdict not in FOR:
        problems["for_verdict"] = "not_one_of_the_words"
    if problems:
        raise InvalidInput(problems)
    last = max((one.position for one in store.reasons(session, retired=True)), default=0)
    made = ReviewReason(code=code, position=last + 10, for_verdict=for_verdict, **asdict(wording))
    session.add(made)
    session.flush()
    record(session, actor, "review_reason.add", OBJECT, code, now, {"for": for_verdict})
    return made


def change(session: Session, code: str, wording: Wording, actor: Actor, now: datetime) -> ReviewReason:
    """Other words for a reason; whoever was refused for it reads them too.

    Raises  NotFound, InvalidInput naming the fields
    """
    row = _found(session, code)
    if problems := _problems(wording):
        raise InvalidInput(problems)
    for name, text in asdict(wording).items():
        setattr(row, name, text)
    session.flush()
    record(session, actor, "review_reason.change", OBJECT, code, now)
    return row


def switch(session: Session, code: str, active: bool, actor: Actor, now: datetime) -> ReviewReason:
    """Retire a reason, or offer it again.

    Raises  NotFound, LastReason
    """
    row = _found(session, code)
    if not active and not any(one.code != code for one in store.reasons(session, row.for_verdict)):
        raise LastReason
    row.active = active
    session.flush()
    record(session, actor, "review_reason.offer" if active else "review_reason.retire", OBJECT, code, now)
    return row


def _found(session: Session, code: str) -> ReviewReason:
    put_reasons(session)
    row = store.reason(session, code)
    if row is None:
        raise NotFound
    return row


def _problems(wording: Wording) -> dict[str, str]:
    problems = {}
    for name, text in asdict(wording).items():
        if len(text) > LONGEST[name]:
            problems[name] = "too_long"
        elif not text and name.startswith("name"):
            problems[name] = "missing"
    return problems
