"""The wordings that come with the product: version 1 of each. A bank's own are rows of MessageTemplate, numbered from 2."""

from typing import NamedTuple

from scheduler.delivery.outbox import TemplateKey

ASKING = ("invite", "reminder", "rerate")
NOTICES = ("notice_received", "notice_progress", "notice_decided", "notice_points")
"""Notices ask nothing: no link to a questionnaire, no advertising."""
CODES = (*ASKING, *NOTICES)
CHANNELS = ("file", "sms", "email")
LANGUAGES = ("zh-Hans", "en")


class Wording(NamedTuple):
    """One version of the words of a message."""

    subject: str
    body: str
    version: int = 1


_SHORT = {
    ("invite", "zh-Hans"): "【{bank}】尊敬的{surname}，您{when}的{what}体验如何？诚邀您用1分钟评价：{link} 我行不会索要密码或验证码。",
    ("invite", "en"): "【{bank}】Dear {surname}, how was {what} on {when}? One minute: {link} We never ask for passwords or codes.",
    ("reminder", "zh-Hans"): "【{bank}】尊敬的{surname}，您{when}的{what}体验，仍期待您的评价：{link} 我行不会索要密码或验证码。",
    (
        "reminder",
        "en",
    ): "【{bank}】Dear {surname}, we would still like to hear about {what} on {when}: {link} We never ask for passwords or codes.",
    ("rerate", "zh-Hans"): "【{bank}】尊敬的{surname}，您就{what}反映的情况已处理，请您评价处理结果：{link} 我行不会索要密码或验证码。",
    (
        "rerate",
        "en",
    ): "【{bank}】Dear {surname}, we have worked on what you told us about {what}. Is it put right? {link} We never ask for codes.",
}
_NOTICE = {
    (
        "notice_received",
        "zh-Hans",
    ): "【{bank}】尊敬的{surname}，您就{what}反映的情况已受理，我们会尽快与您联系。详询{hotline}。",
    ("notice_received", "en"): "【{bank}】Dear {surname}, we have taken up what you told us about {what}. {hotline}",
    (
        "notice_progress",
        "zh-Hans",
    ): "【{bank}】尊敬的{surname}，您就{what}反映的情况正在处理，有结果后将及时告知您。详询{hotline}。",
    (
        "notice_progress",
        "en",
    ): "【{bank}】Dear {surname}, we are working on what you told us about {what}. {hotline}",
    ("notice_decided", "zh-Hans"): "【{bank}】尊敬的{surname}，您就{what}反映的情况已有处理决定，详情请致电{hotline}或前往受理网点查询。",
    (
        "notice_decided",
        "en",
    ): "【{bank}】Dear {surname}, there is a decision on {what}. Ask {hotline} or your outlet.",
    ("notice_points", "zh-Hans"): "【{bank}】尊敬的{surname}，您的体验积分有变动，请登录体验官页面查看明细。如有疑问，请致电{hotline}。",
    (
        "notice_points",
        "en",
    ): "【{bank}】Dear {surname}, your experience points have changed; see your officer's page. {hotline}",
}
_NOTICE_SUBJECTS = {
    ("notice_received", "zh-Hans"): "【{bank}】您反映的情况已受理",
    ("notice_received", "en"): "【{bank}】We have taken up your case",
    ("notice_progress", "zh-Hans"): "【{bank}】您反映的情况正在处理",
    ("notice_progress", "en"): "【{bank}】We are working on your case",
    ("notice_decided", "zh-Hans"): "【{bank}】您反映的情况已有处理决定",
    ("notice_decided", "en"): "【{bank}】There is a decision on your case",
    ("notice_points", "zh-Hans"): "【{bank}】体验积分变动",
    ("notice_points", "en"): "【{bank}】Your experience points",
}
_NUMBER = {"zh-Hans": "编号{number}。", "en": " No. {number}."}
"""What a customer types at `/verify` who doubts that a message is ours."""
_STOP = {"zh-Hans": "拒收请回复R", "en": " Reply R to stop."}

_SUBJECTS = {
    ("invite", "zh-Hans"): "【{bank}】您{when}的{what}体验如何？",
    ("invite", "en"): "【{bank}】How was {what} on {when}?",
    ("reminder", "zh-Hans"): "【{bank}】仍期待您对{what}的评价",
    ("reminder", "en"): "【{bank}】We would still like to hear about {what}",
    ("rerate", "zh-Hans"): "【{bank}】您反映的情况已处理，请评价处理结果",
    ("rerate", "en"): "【{bank}】Is it put right?",
}
_FOOT = {
    "zh-Hans": "我行不会在问卷中索要密码、验证码或卡号。如本次不参与或希望不再收到邀请，可在页面底部选择。如有疑问，请致电{hotline}。",
    "en": "We never ask for passwords, codes or card numbers. At the foot of the page you can say “not this time” or “never ask me again”. "
    "Questions: {hotline}.",
}
_LONG = {
    (
        "invite",
        "zh-Hans",
    ): "尊敬的{surname}：\n\n感谢您{when}使用我行的{what}服务。请您用1分钟告诉我们，哪些做得好，哪些还要改进。\n\n{link}\n\n",
    (
        "invite",
        "en",
    ): "Dear {surname},\n\nOn {when} you used our bank: {what}. Please take a minute to tell us what went well and what did not."
    "\n\n{link}\n\n",
    ("reminder", "zh-Hans"): "尊敬的{surname}：\n\n关于您{when}的{what}体验，我们仍期待您的评价，只需1分钟。这是最后一次提醒。"
    "\n\n{link}\n\n",
    (
        "reminder",
        "en",
    ): "Dear {surname},\n\nWe would still like to hear about {what} on {when}. It takes a minute; we will not remind you again."
    "\n\n{link}\n\n",
    ("rerate", "zh-Hans"): "尊敬的{surname}：\n\n您就{what}反映的情况，我们已经处理。问题解决得如何，请您告诉我们。\n\n{link}\n\n",
    (
        "rerate",
        "en",
    ): "Dear {surname},\n\nWe have worked on what you told us about {what}. Please tell us whether it is put right.\n\n{link}\n\n",
}


def built_in(key: TemplateKey) -> Wording | None:
    """Version 1 of a wording; None for a message or channel that has none."""
    code, channel, language = key
    if (code, language) in _NOTICE and channel in CHANNELS:
        return Wording(_NOTICE_SUBJECTS[code, language] if channel == "email" else "", _NOTICE[code, language])
    if (code, language) not in _SHORT or channel not in CHANNELS:
        return None
    if channel == "email":
        return Wording(_SUBJECTS[code, language], _LONG[code, language] + _FOOT[language] + _NUMBER[language])
    short = _SHORT[code, language] + _NUMBER[language]
    return Wording("", short + _STOP[language] if channel == "sms" else short)


def all_keys() -> list[TemplateKey]:
    """Every message, channel and language there is a wording for."""
    return [(code, channel, language) for code in CODES for channel in CHANNELS for language in LANGUAGES]
