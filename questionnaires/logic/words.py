"""Words that no question may ask for, and words that push towards an answer; a bank may add its own."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

SECRETS: Mapping[str, tuple[str, ...]] = {
    "password": ("密码", "密碼", "口令", "password", "passcode", "passphrase", "pin", "pin code", "pin number", "PIN码"),
    "code": (
        *(
            "验证码",
            "驗證碼",
            "校验码",
            "动态码",
            "短信码",
            "安全码",
            "动态令牌",
            "verification code",
            "one-time code",
            "one time code",
            "otp",
        ),
        *("security code", "authentication code", "sms code", "cvv", "cvv2", "cvc", "cvc2"),
    ),
    "card_number": ("卡号", "卡號", "银行卡号码", "账号", "帐号", "card number", "account number", "card no", "iban"),
    "identity_number": (
        *("身份证", "身份證", "证件号", "证件號", "护照号", "护照號码", "社保号", "id number", "id no", "identity number", "identity card"),
        *("id card", "passport number", "passport no", "national id", "social security number", "ssn"),
    ),
}
"""What a bank's questionnaire never asks for, by kind."""

WARNS_OFF = ("请勿", "不要", "切勿", "勿", "不会", "绝不", "无需", "不必", "never", "not", "don't", "without", "no need")
"""A clause that names a secret after one of these warns of it instead of asking."""

LEADING = (
    *(
        "难道",
        "想必",
        "众所周知",
        "大家都",
        "当然",
        "优质的",
        "贴心的",
        "一流的",
        "热情周到",
        "出色的",
        "卓越的",
        "是不是很",
        "非常满意吧",
        "是否同意我行的优",
    ),
    *(
        "don't you agree",
        "wouldn't you",
        "surely",
        "obviously",
        "of course",
        "as everyone knows",
        "excellent service",
        "wonderful",
        "award-winning",
    ),
    *("our great", "how great", "how much did you enjoy", "world-class"),
)
"""Words that push towards a good answer."""

BEGGING = (
    *("好评", "五星", "满分", "给高分", "打高分", "给10分", "给 10 分", "打10分", "打 10 分", "评分后领取", "高分有礼"),
    *("five stars", "5 stars", "top score", "full marks", "high score", "rate us 10", "give us a 10", "good rating"),
)
"""A plea for a score, or a reward that hangs on it."""

TWO_IDEAS = ("和", "以及", "并且", "与", " and ", " as well as ")
"""Words by which a scale question may ask two things at once."""

REWARDS = (
    *("礼品", "礼物", "红包", "抽奖", "奖品", "奖励", "优惠券", "代金券", "赠送", "话费", "立减金"),
    *("gift", "voucher", "reward", "prize", "lucky draw", "coupon", "cash back", "cashback", "bonus"),
)
"""Words for a reward: it may thank for answering, but never hang on the score."""

DEMANDING = (
    *("请输入", "请填写", "请提供", "请告诉", "请上传", "是多少"),
    *("enter your", "tell us your", "what is your", "provide your", "give us your", "upload your", "send us your"),
)
"""Words that demand something outright: "what is your password?" as a yes/no question alarms people none the less."""

_CLAUSE = re.compile(r"[。！？；;!?\n]+|\.\s")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
_BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff])[\s·.*_-]+(?=[\u4e00-\u9fff])")


@dataclass(frozen=True, eq=False)  # told apart by identity: a few live as long as the process
class WordLists:
    """The lists that a check uses."""

    secrets: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: SECRETS)
    leading: tuple[str, ...] = LEADING
    begging: tuple[str, ...] = BEGGING

    def with_secrets(self, kind: str, more: Iterable[str]) -> "WordLists":
        """The lists with a bank's own words that must not be asked for."""
        return WordLists({**self.secrets, kind: (*self.secrets.get(kind, ()), *more)}, self.leading, self.begging)


STANDARD = WordLists()


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Text as it is compared: compatible forms folded, lower case, nothing invisible, no blanks within Chinese words."""
    return _BETWEEN_HAN.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))).lower()


def asks_for_secret(text: str, lists: WordLists = STANDARD) -> tuple[str, str] | None:
    """The kind and the word of a secret that a text names without warning of it."""
    return _secret_in(text, lists)


@lru_cache(maxsize=4096)
def _secret_in(text: str, lists: WordLists) -> tuple[str, str] | None:
    """Remembered, since whoever edits one question has all the others checked again."""
    for clause in _CLAUSE.split(plain(text)):
        for kind, words in lists.secrets.items():
            for word in words:
                place = find(clause, word.lower())
                if place >= 0 and not any(find(clause[:place], warning) >= 0 for warning in WARNS_OFF):
                    return kind, word
    return None


def first_of(text: str, words: Iterable[str]) -> str | None:
    """The first of some words that stands in a text."""
    folded = plain(text)
    return next((word for word in words if find(folded, word.lower()) >= 0), None)


def find(text: str, word: str) -> int:
    """Where a word stands: Chinese anywhere, Latin letters only as whole words ("pin" is not in "opinion"). -1 for nowhere."""
    place = text.find(word)
    if place < 0 or not word.isascii() or word != word.strip():
        return place
    found = re.search(rf"(?<![a-z0-9]){re.escape(word)}s?(?![a-z0-9])", text)
    return found.start() if found else -1
