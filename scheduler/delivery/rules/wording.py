"""The words of a message: placeholders, what must and must not stand in them, and how they are filled."""

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

PLACEHOLDERS = frozenset({"bank", "surname", "what", "when", "link", "hotline", "number", "page", "note", "until", "code"})
NEEDED = {
    "invite": ("link", "what", "number"),
    "reminder": ("link", "what", "number"),
    "rerate": ("link", "what", "number"),
    "notice_code": ("code",),
}
BUTTONED = frozenset({"rcs", "wechat", "app"})
"""Channels that carry the link beside the words."""
NOTICE = "notice"
"""How the codes of notices begin: they ask nothing and sell nothing."""
STAFF = "staff"
"""How the codes of what members of staff are told begin; nothing of a customer stands in it."""
OPT_OUT_WORDS = {"zh-Hans": "拒收请回复R", "en": "reply R to stop"}
OPT_OUT_ON = frozenset({"sms", "rcs"})
TITLED = {"email": "subject_missing", "rcs": "title_missing", "app": "title_missing"}

_SLOT = re.compile(r"\{([^{}]*)\}")
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_FIELD = re.compile(r"(thing|time|date|character_string|phrase|name|number|letter|symbol|phone_number)[0-9]{1,2}: ?\S.*")
_MONEY = re.compile(r"[¥￥$€£]|\d\s*(元|万元|RMB|CNY|yuan)", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\d{6,}")
_ADVERTISING = re.compile(
    r"优惠|活动|抽奖|红包|礼品|满减|特惠|限时|推荐办理|新品|理财产品|评价|问卷|调研|"
    r"discount|offer|promotion|prize|gift|new product|survey|questionnaire",
    re.IGNORECASE,
)
_COMPOUND = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容"
    "仲孙钟离长孙宇文司徒鲜于司空闾丘令狐呼延西门轩辕百里东郭"
)
"""Surnames of two characters, one after the other."""
_COMPOUND_SURNAMES = frozenset(_COMPOUND[place : place + 2] for place in range(0, len(_COMPOUND), 2))


def problems_of(code: str, channel: str, language: str, subject: str, body: str) -> list[str]:
    """What is wrong with a wording, as codes; an empty list where it may be used.

    Every message names the bank in 【…】 first, holds the link and the short number for `/verify`, and never an amount or a long
    number that could be a card's; where the law asks for it, it names the word that stops it. A notice carries neither a link to
    a questionnaire nor advertising. WeChat's are lines `field: words`, as its templates name their fields; the account is the bank's.
    """
    notice = code.startswith(NOTICE)
    found = _slots_problems(code, channel, subject, body)
    if channel != "wechat" and not (subject if channel == "email" else body).startswith("【{bank}】"):
        found.append("signature_missing")
    if channel == "wechat" and not all(_FIELD.fullmatch(line) for line in body.split("\n")):
        found.append("not_fields")
    if _MONEY.search(body + subject) or _LONG_NUMBER.search(body + subject):
        found.append("amount_or_number")
    if notice and _ADVERTISING.search(body + subject):
        found.append("notice_advertises")
    if channel in OPT_OUT_ON and not notice and OPT_OUT_WORDS.get(language, "R").casefold() not in body.casefold():
        found.append("opt_out_missing")
    if channel in TITLED and not subject:
        found.append(TITLED[channel])
    if any(sign in subject for sign in "\r\n") or any(sign < " " and sign != "\n" for sign in body):
        found.append("not_valid")
    return found


def _slots_problems(code: str, channel: str, subject: str, body: str) -> list[str]:
    slots = _SLOT.findall(body) + _SLOT.findall(subject)
    found = []
    if set(slots) - PLACEHOLDERS or any(brace in _SLOT.sub("", body + subject) for brace in "{}"):
        found.append("unknown_placeholder")
    needed = [name for name in NEEDED.get(code, ()) if name != "link" or channel not in BUTTONED]
    if any(name not in slots for name in needed):
        found.append("placeholder_missing")
    if code.startswith(NOTICE) and "link" in slots:
        found.append("notice_with_link")
    return found


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values into a template in one pass, so that a value that looks like a placeholder stays text.

    A part in [[…]] is left out where a value in it is missing.
    """
    whole = _OPTIONAL.sub(lambda part: part.group(1) if _valued(part.group(1), values) else "", template)
    return _SLOT.sub(lambda slot: values.get(slot.group(1), ""), whole)


def _valued(part: str, values: Mapping[str, str]) -> bool:
    return all(values.get(name) for name in _SLOT.findall(part))


def without_value(template: str, values: Mapping[str, str]) -> list[str]:
    """The placeholders outside of [[…]] that have no value: such a message must not go out."""
    return [name for name in _SLOT.findall(_OPTIONAL.sub("", template)) if not values.get(name)]


def masked_surname(name: str | None, language: str) -> str:
    """How a customer is addressed without saying who it is: 张**, S***; without a name simply as a customer."""
    name = (name or "").strip()
    if not name:
        return "客户" if language == "zh-Hans" else "customer"
    if name.isascii():
        return f"{name.split()[-1][0].upper()}***"
    return f"{name[:2] if len(name) > 2 and name[:2] in _COMPOUND_SURNAMES else name[0]}**"


def day_words(at: datetime, zone: tzinfo, language: str) -> str:
    """The day of an event as a person says it."""
    local = at.astimezone(zone)
    return f"{local.month}月{local.day}日" if language == "zh-Hans" else f"{local.day} {local:%B}"


def values_of(
    facts: Mapping[str, Any],
    *,
    language: str,
    zone: tzinfo,
    bank: str,
    hotline: str,
    name: str | None,
    link: str,
    number: str = "",
    page: str = "",
) -> dict[str, str]:
    """Everything a template may ask for.

    facts   `name_zh`, `name_en`: what it is about; `occurred_at`, `until`: when, ISO; `note` (or `note_zh`, `note_en`), `code`
            nothing of the person
    page    the address of a page of the customer's own that is no questionnaire
    """
    own, other = ("name_zh", "name_en") if language == "zh-Hans" else ("name_en", "name_zh")
    at, until = facts.get("occurred_at"), facts.get("until")
    return {
        "bank": bank,
        "surname": masked_surname(name, language),
        "what": str(facts.get(own) or facts.get(other) or ""),
        "when": day_words(datetime.fromisoformat(at), zone, language) if at else "",
        "link": link,
        "hotline": hotline,
        "number": number,
        "page": page,
        "note": " ".join(str(facts.get("note") or facts.get(own.replace("name", "note")) or "").split()),
        "until": day_words(datetime.fromisoformat(until), zone, language) if until else "",
        "code": str(facts.get("code") or ""),
    }
