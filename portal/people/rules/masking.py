"""What staff see of a person's data until they say why they need more."""

import re
import unicodedata


def mask_name(name: str | None) -> str:
    """The first character of every word, 张** or J** S**."""
    words = (name or "").split()
    return " ".join(f"{_first(word)}**" for word in words)


def mask_phone(phone: str | None) -> str:
    """Enough to recognise a number that one knows: 138 **** **17 for a Chinese mobile, country code and last two for others."""
    if not phone:
        return ""
    if phone.startswith("+86") and len(phone) == 14:
        return f"{phone[3:6]} **** **{phone[-2:]}"
    return f"{phone[:3]} **** **{phone[-2:]}" if len(phone) >= 8 else "****"


def mask_email(email: str | None) -> str:
    """The first letter and the domain: z***@example.com."""
    name, at, domain = (email or "").rpartition("@")
    return f"{_first(name)}***@{domain}" if at and name else ""


def mask_openid(openid: str | None) -> str:
    """The last four signs; of a short one none."""
    if not openid:
        return ""
    return f"…{openid[-4:]}" if len(openid) >= 12 else "…"


def _first(word: str) -> str:
    """The first letter with the marks that belong to it."""
    end = 1
    while end < len(word) and unicodedata.combining(word[end]):
        end += 1
    return word[:end]


_IN_TEXT = (
    (re.compile(r"(?<![\d+])(?:\+?86[- ]?)?[1１][3-9３-９]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"), lambda found: _number_in_text(found[0])),
    (re.compile(r"(?<!\d)\+\d[\d -]{7,16}\d(?!\d)"), lambda found: _number_in_text(found[0])),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), lambda found: mask_email(found[0])),
    (re.compile(r"(?<!\d)\d{15,19}(?!\d)"), lambda found: f"…{found[0][-4:]}"),
)


def mask_text(text: str) -> str:
    """Free words with telephone numbers, mail addresses and card numbers masked; for notes that are kept in the clear."""
    for pattern, instead in _IN_TEXT:
        text = pattern.sub(instead, text)
    return text


def _number_in_text(number: str) -> str:
    digits = re.sub(r"\D", "", number)[-11:]
    return f"{digits[:3]} **** **{digits[-2:]}"
