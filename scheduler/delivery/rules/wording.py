"""The words of a message: placeholders, what must and must not stand in them, and how they are filled."""

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

PLACEHOLDERS = frozenset({"bank", "surname", "what", "when", "link", "hotline", "number"})
NEEDED = {"invite": ("link", "what"), "reminder": ("link", "what"), "rerate": ("link", "what")}
NOTICE = "notice"
"""How the codes of notices begin: they ask nothing and sell nothing."""
OPT_OUT_WORDS = {"zh-Hans": "拒收请回复R", "en": "reply R to stop"}

_SLOT = re.compile(r"\{([^{}]*)\}")
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

    Every message names the bank in 【…】 first, holds the link, and never an amount or a long number that could be a card's;
    an SMS names the word that stops it. A notice carries neither a link to a questionnaire nor advertising.
    """
    found: list[str] = []
    slots = _SLOT.findall(body) + _SLOT.findall(subject)
    if set(slots) - PLACEHOLDERS or any(brace in _SLOT.sub("", body + subject) for brace in "{}"):
        found.append("unknown_placeholder")
    if any(name not in slots for name in NEEDED.get(code, ())):
        found.append("placeholder_missing")
    if not (subject if channel == "email" else body).startswith("【{bank}】"):
        found.append("signature_missing")
    if _MONEY.search(body + subject) or _LONG_NUMBER.search(body + subject):
        found.append("amount_or_number")
    notice = code.startswith(NOTICE)
    if notice and "link" in slots:
        found.append("notice_with_link")
    if notice and _ADVERTISING.search(body + subject):
        found.append("notice_advertises")
    if channel == "sms" and not notice and OPT_OUT_WORDS.get(language, "R").casefold() not in body.casefold():
        found.append("opt_out_missing")
    if channel == "email" and not subject:
        found.append("subject_missing")
    return found


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values into a template in one pass, so that a value that looks like a placeholder stays text."""
    return _SLOT.sub(lambda slot: values.get(slot.group(1), ""), template)


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
    facts: Mapping[str, Any], *, language: str, zone: tzinfo, bank: str, hotline: str, name: str | None, link: str, number: str = ""
) -> dict[str, str]:
    """Everything a template may ask for.

    facts   `name_zh`, `name_en`: what it is about; `occurred_at`: when, ISO; nothing of the person
    """
    own, other = ("name_zh", "name_en") if language == "zh-Hans" else ("name_en", "name_zh")
    at = facts.get("occurred_at")
    return {
        "bank": bank,
        "surname": masked_surname(name, language),
        "what": str(facts.get(own) or facts.get(other) or ""),
        "when": day_words(datetime.fromisoformat(at), zone, language) if at else "",
        "link": link,
        "hotline": hotline,
        "number": number,
    }
