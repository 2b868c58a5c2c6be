"""What officers may call themselves: short, not their real name, nobody of the bank, no number by which they are found."""

import re
from collections.abc import Iterable

SHORTEST, LONGEST = 2, 16
SHAPE = re.compile(r"[0-9A-Za-z\u3400-\u9fff][0-9A-Za-z\u3400-\u9fff·_ -]*")
DIGITS = re.compile(r"\d{5,}")
RESERVED = (
    *("官方", "客服", "管理员", "行长", "银行", "监管", "审核员", "系统", "体验官"),
    *("admin", "official", "moderator", "support", "system", "bank"),
)
"""Nobody speaks for the bank by an alias."""
RUDE = ("傻逼", "傻b", "他妈", "妈的", "操你", "王八蛋", "去死", "垃圾", "fuck", "shit", "bitch", "asshole", "cunt")


def folded(text: str) -> str:
    """Letters of one case, without what people put between them to get past a list."""
    return re.sub(r"[\s·_-]+", "", text).casefold()


def problem(alias: str, real_names: Iterable[str] = (), barred: Iterable[str] = ()) -> str | None:
    """The code of what is wrong with an alias; None for a good one.

    real_names  the person's own; neither may lie within the other
    barred      words of the bank's own, besides those that the product knows
    """
    if not SHORTEST <= len(alias) <= LONGEST:
        return "alias_length"
    if not SHAPE.fullmatch(alias):
        return "alias_letters"
    plain = folded(alias)
    if DIGITS.search(plain):
        return "alias_number"
    if any(folded(word) in plain for word in (*RESERVED, *RUDE, *barred) if folded(word)):
        return "alias_word"
    for name in real_names:
        own = folded(name)
        if len(own) >= SHORTEST and (own in plain or plain in own):
            return "alias_real_name"
    return None
