"""One questionnaire with every type of question, every way to draw it, and conditions on questions, options and rows."""

from typing import Any


def both(zh: str, en: str) -> dict[str, str]:
    """Words in both languages."""
    return {"zh-Hans": zh, "en": en}


def options(*pairs: tuple[str, str, str], **more: Any) -> list[dict[str, Any]]:
    """Options from code, Chinese, English."""
    return [{"code": code, "text": both(zh, en), **more} for code, zh, en in pairs]


def question(code: str, kind: str, zh: str, en: str, **more: Any) -> dict[str, Any]:
    """A question."""
    return {"code": code, "type": kind, "text": both(zh, en), **more}


CHANNELS = options(("counter", "柜台", "Counter"), ("machine", "智能柜员机", "Smart teller machine"), ("app", "手机银行", "Mobile bank"))
OTHER = {"code": "other", "text": both("其他", "Something else"), "other": True}
NONE = {"code": "none", "text": both("都没有", "None of these"), "exclusive": True}
ENDS = {"low_label": both("很不满意", "very unhappy"), "high_label": both("很满意", "very happy")}

SCALES = [
    question(
        "nps",
        "nps",
        "您会把我行推荐给亲友吗？",
        "Would you recommend us to family and friends?",
        required=True,
        indicator="nps",
        low_label=both("完全不会", "not at all"),
        high_label=both("一定会", "certainly"),
    ),
    question(
        "why",
        "multiple",
        "哪些地方还没有做好？",
        "What went wrong?",
        show_if={"field": "nps", "op": "le", "value": 6},
        options=[*CHANNELS, OTHER, NONE],
        min=1,
        max=3,
    ),
    question("stars", "csat", "您对环境满意吗？", "How did you like our rooms?", display="stars", **ENDS),
    question(
        "faces",
        "csat",
        "您对态度满意吗？",
        "How were you treated?",
        display="faces",
        help=both("凭第一感觉就好", "Your first feeling"),
        **ENDS,
    ),
    question(
        "ease",
        "ces",
        "办理过程轻松吗？",
        "It was easy to get this done.",
        low_label=both("不同意", "disagree"),
        high_label=both("同意", "agree"),
    ),
    question("again", "yes_no", "您愿意再来吗？", "Would you come again?"),
]
CHOICES = [
    question("used", "multiple", "您用过哪些渠道？", "Which channels have you used?", options=[*CHANNELS, OTHER, NONE]),
    question("best", "single", "其中最好用的是？", "Which of them works best?", options=CHANNELS, carry={"question": "used"}),
    question(
        "age",
        "single",
        "您的年龄段",
        "Your age",
        display="dropdown",
        options=options(("young", "35岁以下", "under 35"), ("middle", "35至60岁", "35 to 60"), ("old", "60岁以上", "over 60")),
    ),
    question(
        "rooms",
        "matrix_rating",
        "请逐项评价",
        "Please rate each",
        rows=[
            {"code": "wait", "text": both("等候时间", "Waiting time")},
            {"code": "tone", "text": both("服务态度", "Manners")},
            {"code": "app", "text": both("手机银行", "Mobile bank"), "show_if": {"field": "used", "op": "contains", "value": "app"}},
        ],
        **ENDS,
    ),
    question(
        "who",
        "matrix_single",
        "您通常怎样办理？",
        "How do you usually do these?",
        options=CHANNELS,
        rows=[{"code": "pay", "text": both("转账", "Transfers")}, {"code": "save", "text": both("存款", "Deposits")}],
    ),
    question(
        "want",
        "matrix_multiple",
        "您希望怎样收到通知？",
        "How would you like to be told?",
        options=options(("sms", "短信", "SMS"), ("mail", "邮件", "E-mail")),
        rows=[{"code": "bill", "text": both("账单", "Statements")}],
    ),
]
ORDERS = [
    question(
        "rank",
        "ranking",
        "您最看重什么？",
        "What matters most to you?",
        options=options(("speed", "快", "Speed"), ("care", "细心", "Care"), ("price", "费用", "Fees")),
    ),
    question(
        "share",
        "constant_sum",
        "一百分怎么分？",
        "How would you share a hundred points?",
        total=100,
        options=options(("speed", "快", "Speed"), ("care", "细心", "Care")),
    ),
    question(
        "minutes",
        "slider",
        "您等了多少分钟？",
        "How many minutes did you wait?",
        min=0,
        max=60,
        step=5,
        low_label=both("没等", "none"),
        high_label=both("一小时", "an hour"),
    ),
    question("times", "number", "今年来过几次？", "How often were you here this year?", min=0, max=300),
]
WRITTEN = [
    question(
        "hint",
        "statement",
        "<p><strong>快好了。</strong>下面都可以不填。</p>",
        "<p><strong>Nearly done.</strong> You may leave all of this out.</p>",
    ),
    question("name", "short_text", "怎么称呼您？", "What may we call you?"),
    question(
        "words",
        "long_text",
        "还想对我们说什么？",
        "What else would you like to tell us?",
        help=both("请不要填写密码、卡号或验证码", "Please write no passwords, card numbers or codes"),
    ),
    question("email", "email", "您的邮箱", "Your e-mail"),
    question("phone", "phone", "您的电话", "Your phone"),
    question("day", "date", "哪天方便？", "Which day suits you?"),
    question("hour", "time", "几点方便？", "At what time?"),
    question("campaign", "hidden", "", "", source="link.campaign"),
]
FILES = [
    question("photo", "photo", "照片", "A photo", max=2),
    question("paper", "file", "材料", "A paper"),
    question("sign", "signature", "签名", "Your signature"),
    question("agree", "consent", "我同意就此联系我", "I agree to be contacted about this", required=True),
]
PAGES = [
    {"id": name, "title": both("", ""), "questions": questions}
    for name, questions in (("scales", SCALES), ("choices", CHOICES), ("orders", ORDERS), ("written", WRITTEN), ("files", FILES))
]
ENDINGS = [
    {
        "id": "low",
        "show_if": {"field": "nps", "op": "le", "value": 6},
        "text": both("很抱歉让您失望了。", "We are sorry to have let you down."),
        "action": "call",
    },
    {
        "id": "high",
        "show_if": {"field": "nps", "op": "ge", "value": 9},
        "text": both("谢谢您的{{nps}}分！", "Thank you for your {{nps}}!"),
        "action": "officer",
    },
]
SHOWCASE: dict[str, Any] = {
    "title": both("服务评价", "Our service"),
    "intro": both("谢谢您抽出时间。", "Thank you for your time."),
    "thank_you": both("谢谢您！", "Thank you very much!"),
    "call_me": True,
    "pages": PAGES,
    "endings": ENDINGS,
}
