"""The wordings that come with the product: version 1 of each. A bank's own are rows of MessageTemplate, numbered from 2."""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from scheduler.delivery.outbox import TemplateKey

ASKING = ("invite", "reminder", "rerate")
NOTICES = (
    *("notice_received", "notice_progress", "notice_decided", "notice_extended", "notice_points", "notice_referral"),
    *("notice_case_opened", "notice_case_solved", "notice_case_closed", "notice_incident_closed", "notice_help", "notice_code"),
    "notice_improvement",
    *("notice_officer", "notice_officer_join"),
)
"""Notices ask nothing: no link to a questionnaire, no advertising."""
HELP = "notice_help"
"""What somebody gets who replied with words that nobody expected."""
STAFF_WORDS = (
    *("staff_opened", "staff_assigned", "staff_mentioned", "staff_clock", "staff_escalated", "staff_approval", "staff_several"),
    "staff_digest",
)
"""What members of staff are told outside the portal: the case's number and its page, nothing of the customer."""
CODES = (*ASKING, *NOTICES, *STAFF_WORDS)
CHANNELS = ("file", "sms", "rcs", "email", "wechat", "wecom", "app")
STAFF_BY = ("file", "email", "wecom")
"""Channels that members of staff may choose, and the folder of a try-out."""
WITH_TITLE = frozenset({"email", "rcs", "app"})
"""Channels whose messages have a subject or title."""
LANGUAGES = ("zh-Hans", "en")
NOTICE_FIELDS = "thing1: {what}\nthing3: {hotline}"
"""A notice by WeChat: what it is about, and whom to ask."""


class Wording(NamedTuple):
    """One version of the words of a message."""

    subject: str
    body: str
    version: int = 1


@cache
def _content() -> dict[str, Any]:
    """What ships: `short` for SMS, `card` where a button carries the link, `long` for mail, `fields` for WeChat's templates.

    Shape   a part in [[…]] is left out where a value in it is missing; `number` is what a customer types at `/verify`
    """
    text = (Path(__file__).parent / "content" / "wordings.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def built_in(key: TemplateKey) -> Wording | None:
    """Version 1 of a wording; None for a message or channel that has none."""
    code, channel, language = key
    content = _content()
    if channel not in CHANNELS or language not in LANGUAGES:
        return None
    if code in STAFF_WORDS:
        words = content["staff"][code][language]
        return Wording(_title(channel, words), words["text"]) if channel in STAFF_BY else None
    if code in content["notices"]:
        words = content["notices"][code][language]
        return Wording(_title(channel, words), words.get("fields", NOTICE_FIELDS) if channel == "wechat" else words["text"])
    if code not in content["asking"]:
        return None
    words, number, stop = content["asking"][code][language], content["number"][language], content["stop"][language]
    body = {
        "sms": words["short"] + number + stop,
        "rcs": words["card"] + number + stop,
        "app": words["card"] + number,
        "email": words["long"] + content["foot"][language] + number,
        "wechat": words["fields"],
    }
    return Wording(_title(channel, words), body.get(channel, words["short"] + number))


def _title(channel: str, words: dict[str, str]) -> str:
    return words["subject"] if channel in WITH_TITLE else ""


def all_keys() -> list[TemplateKey]:
    """Every message, channel and language there is a wording for."""
    return [
        (code, channel, language) for code in CODES for channel in (STAFF_BY if code in STAFF_WORDS else CHANNELS) for language in LANGUAGES
    ]
