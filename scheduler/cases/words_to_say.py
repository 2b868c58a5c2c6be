"""Words to say on the phone: those that ship, and a bank's own."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput
from scheduler.cases.store import work as store
from scheduler.cases.work_models import CaseWords


class ToSay(NamedTuple):
    """One text, in both languages."""

    code: str
    title: tuple[str, str]
    body: tuple[str, str]


SHIPPED = (
    ToSay(
        "sorry",
        ("先致歉，再倾听", "Apologise, then listen"),
        (
            "您好，这里是{bank}，我是{name}。您前几天给了我们一个低分，给您添麻烦了，非常抱歉。方便的话，请您讲讲当时的情况，我来跟进。",
            "Good morning, this is {name} of your bank. You gave us a low score the other day, and I am sorry. "
            "Please tell me what happened; I will see to it.",
        ),
    ),
    ToSay(
        "promise",
        ("说明下一步和时间", "Say what comes next, and when"),
        (
            "谢谢您告诉我。我会在{day}前把处理结果告诉您。如果您有新的情况，可以直接打我的电话。",
            "Thank you for telling me. I will tell you the result by {day}. If anything changes, please call me directly.",
        ),
    ),
    ToSay(
        "score",
        ("不得要求改分", "Never ask for a better score"),
        (
            "通话中不得提及分数，也不得请客户修改评分；处理完毕后，客户会另外收到评价处理结果的邀请。",
            "Never speak of the score and never ask for another one. Once it is solved, the customer is asked how.",
        ),
    ),
)


def offered(session: Session, kind: str, values: Mapping[str, str] | None = None) -> list[ToSay]:
    """What fits a kind of case: a bank's own texts first; one of its own with a shipped code takes that one's place.

    values  what stands for `{bank}`, `{name}` (who calls) and `{day}` (the solution's limit); without them the places stay
    """
    rows = store.words(session)
    own = [_of(row) for row in rows if row.active and row.kind in ("", kind)]
    taken = {row.code for row in rows}
    found = own + [one for one in SHIPPED if one.code not in taken]
    return [one._replace(body=(_filled(one.body[0], values), _filled(one.body[1], values))) for one in found]


def _filled(text: str, values: Mapping[str, str] | None) -> str:
    """Known places filled, everything else left as it is: these texts are a bank's own."""
    for name, value in (values or {}).items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _of(row: CaseWords) -> ToSay:
    return ToSay(row.code, (row.title_zh, row.title_en), (row.body_zh, row.body_en))


def keep(session: Session, code: str, kind: str, texts: dict[str, str], actor: Actor, now: datetime, *, active: bool = True) -> CaseWords:
    """Write or change a text.

    Raises  InvalidInput naming the field
    """
    limits = {"title_zh": 60, "title_en": 80, "body_zh": 600, "body_en": 800}
    wrong = {name: "case_needs_note" if not texts.get(name, "").strip() else "too_long" for name, most in limits.items()
             if not 0 < len(texts.get(name, "").strip()) <= most}  # fmt: skip
    if not (code and code.replace("_", "").isalnum() and code.isascii() and len(code) <= 40):
        wrong["code"] = "not_a_code"
    if wrong:
        raise InvalidInput(wrong)
    row = store.words_by_code(session, code) or CaseWords(code=code, title_zh="", title_en="", body_zh="", body_en="", changed_at=now)
    for name in limits:
        setattr(row, name, texts[name].strip())
    row.kind, row.active, row.author_id, row.changed_at = kind, active, actor.user_id, now
    session.add(row)
    session.flush()
    record(session, actor, "case_words.keep", "case_words", row.id, now, {"code": code, "active": active})
    return row
