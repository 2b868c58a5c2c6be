"""Telephone numbers, e-mail addresses and openids in the one form in which they are kept and looked up."""

import re

import phonenumbers

REGION = "CN"
EMAIL = re.compile(r"[^\s@<>,;\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?\.[A-Za-z]{2,24}")
OPENID = re.compile(r"[A-Za-z0-9_-]{6,128}")


def phone(text: str) -> str:
    """A number in E.164; without a country code it is a Chinese one.

    Raises  ValueError("not_a_phone")
    """
    try:
        number = phonenumbers.parse(text[:40], REGION)
    except phonenumbers.NumberParseException:
        raise ValueError("not_a_phone") from None
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise ValueError("not_a_phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(text: str) -> str:
    """An address in lower case.

    Raises  ValueError("not_an_email")
    """
    plain = text.strip().lower()
    if len(plain) > 254 or not EMAIL.fullmatch(plain) or ".." in plain:
        raise ValueError("not_an_email")
    return plain


def openid(text: str) -> str:
    """An openid as it was given; letters of either case differ.

    Raises  ValueError("not_an_openid")
    """
    plain = text.strip()
    if not OPENID.fullmatch(plain):
        raise ValueError("not_an_openid")
    return plain


KINDS = {"phone": phone, "email": email, "openid": openid}
