"""What staff see of a person's data until they say why they need more."""

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
