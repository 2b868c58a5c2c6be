"""What may be set of a channel: which fields each has, and what is wrong with what was typed."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

HTTP = frozenset({"sms", "rcs", "app"})
BY_ACCOUNT = frozenset({"wechat", "wecom"})
MOST_RATE, MOST_COST = 60_000, 100_000
TLS = ("starttls", "tls", "none")
_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\]")
_EMAIL = re.compile(r"[^\s@<>,;\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,180}[A-Za-z0-9])?")
_SENDER_NUMBER = re.compile(r"\+?[0-9]{3,20}")
_TEMPLATE_ID = re.compile(r"[\w-]{10,64}")


class Setup(NamedTuple):
    """A channel as it was typed, checked: columns of the setting but for secrets."""

    url: str
    account: str
    options: dict[str, Any]
    rate: int | None
    cost: int | None


def read(channel: str, typed: Mapping[str, str], codes: frozenset[str]) -> tuple[Setup, dict[str, str]]:
    """What was typed, and the code of what is wrong by field.

    codes   the messages that a template of WeChat's may be named for
    """
    wrong: dict[str, str] = {}
    url, account = typed.get("url", "").strip(), typed.get("account", "").strip()
    options: dict[str, Any] = {}
    if channel == "email":
        options = _mail(typed, url, wrong)
    elif url and channel in HTTP | BY_ACCOUNT and (problem := address_problem(url)):
        wrong["url"] = problem
    if len(account) > 100 or not account.isprintable():
        wrong["account"] = "not_valid"
    if channel == "wechat":
        options["templates"] = _templates(typed.get("templates", ""), codes, wrong)
    if channel == "wecom":
        options["agent"] = _whole("agent", typed, wrong, 10**9) or 0
    rate, cost = _whole("rate", typed, wrong, MOST_RATE), _whole("cost", typed, wrong, MOST_COST)
    if rate == 0:
        wrong["rate"] = "out_of_range"
    return Setup(url, account, options, rate, cost), wrong


def address_problem(url: str) -> str | None:
    """Why a gateway's address can't be. It may lie in the bank's own network, but not where machines tell their own secrets."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return "not_an_address"
    host = parts.hostname or ""
    fine = parts.scheme in ("http", "https") and host and "@" not in parts.netloc and not parts.fragment and len(url) <= 500
    if not fine or any(sign <= " " or sign == "\x7f" for sign in url):
        return "not_an_address"
    return "private_address" if host.startswith("169.254.") or host.lower().startswith("fe80:") else None


def _mail(typed: Mapping[str, str], host: str, wrong: dict[str, str]) -> dict[str, Any]:
    sender, tls = typed.get("sender", "").strip(), typed.get("tls", "starttls")
    if host and not _HOST.fullmatch(host):
        wrong["url"] = "not_an_address"
    if (host or sender) and not _EMAIL.fullmatch(sender):
        wrong["sender"] = "not_an_email"
    if tls not in TLS:
        wrong["tls"] = "not_one_of_the_words"
    port = _whole("port", typed, wrong, 65_535) or 25
    return {"port": port, "tls": tls, "sender": sender}


def _templates(text: str, codes: frozenset[str], wrong: dict[str, str]) -> dict[str, str]:
    found = {}
    for line in text.splitlines():
        code, _, template = (part.strip() for part in line.partition("="))
        if not line.strip():
            continue
        if code not in codes or not _TEMPLATE_ID.fullmatch(template):
            wrong["templates"] = "not_a_template_line"
        found[code] = template
    return found


def _whole(name: str, typed: Mapping[str, str], wrong: dict[str, str], most: int) -> int | None:
    text = typed.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        wrong[name] = "not_a_number"
        return None
    if int(text) > most:
        wrong[name] = "out_of_range"
    return int(text)


def identity_problems(channel: str, typed: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with who signs: names of a line without the brackets, an address that fits the channel."""
    wrong = {}
    for name, most in (("name_zh", 40), ("name_en", 60)):
        value = typed.get(name, "")
        if len(value) > most:
            wrong[name] = "too_long"
        elif not value.isprintable() or any(sign in value for sign in "【】{}[]"):
            wrong[name] = "not_valid"
    address, reply_to = typed.get("address", ""), typed.get("reply_to", "")
    fits = _EMAIL if channel == "email" else _SENDER_NUMBER
    if address and not fits.fullmatch(address):
        wrong["address"] = "not_an_email" if channel == "email" else "not_a_number"
    if reply_to and not _EMAIL.fullmatch(reply_to):
        wrong["reply_to"] = "not_an_email"
    return wrong
