"""Words of questions that must not be asked, and words that lead. Banks may extend both lists."""

FORBIDDEN = {
    "password": ("密码", "口令", "password", "passcode", "pin code", "pin number"),
    "code": ("验证码", "校验码", "动态码", "短信码", "verification code", "one-time code", "security code", "otp", "cvv", "cvc"),
    "card_number": ("卡号", "账号", "银行卡号码", "card number", "account number", "iban"),
    "identity_number": ("身份证号", "证件号", "护照号", "id number", "identity number", "identity card number", "passport number"),
}
"""What no questionnaire of a bank may ask for, by kind."""

WARNING_PREFIXES = (
    "不要填写",
    "请勿填写",
    "勿填",
    "不会索要",
    "不要输入",
    "do not enter",
    "never enter",
    "please do not",
    "don't enter",
    "we never ask",
)
"""A text that tells people not to enter such things may name them."""

LEADING = (
    "优质", "贴心", "一流", "热情周到", "您是否同意我行优秀", "想必", "当然", "难道",
    "excellent service", "wonderful", "surely", "don't you agree", "our great", "award-winning",
)  # fmt: skip
"""Words that push towards an answer."""

REWARD = ("好评", "五星", "满分", "打10分", "打 10 分", "给10分", "five stars", "top score", "rate us 10")
"""A reward or a plea that hangs on the score."""


def asks_for(text: str) -> str | None:
    """The kind of forbidden thing that a text asks for; None where it asks for none, or warns of it."""
    lowered = text.lower()
    if any(prefix in lowered for prefix in WARNING_PREFIXES):
        return None
    return next((kind for kind, words in FORBIDDEN.items() if any(_has(lowered, word) for word in words)), None)


def leads(text: str) -> str | None:
    """The leading word in a text."""
    lowered = text.lower()
    return next((word for word in LEADING if word in lowered), None)


def begs(text: str) -> str | None:
    """The words in a text that beg for a score."""
    lowered = text.lower()
    return next((word for word in REWARD if word in lowered), None)


def _has(text: str, word: str) -> bool:
    """Chinese words stand anywhere; English ones only between other letters' ends ("pin" is not in "opinion")."""
    if not word.isascii():
        return word in text
    place = text.find(word)
    while place >= 0:
        before, after = text[place - 1 : place], text[place + len(word) : place + len(word) + 1]
        if not before.isalnum() and not after.isalnum():
            return True
        place = text.find(word, place + 1)
    return False
