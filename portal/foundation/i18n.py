"""Languages: which one a reader gets, and the words of errors."""

from collections.abc import Mapping
from pathlib import Path

from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale, gettext, lazy_gettext, ngettext

from portal.foundation.errors import SoundingsError

LANGUAGES = ("zh-Hans", "en")
NAMES = {"zh-Hans": "简体中文", "en": "English"}
COOKIE = "lang"
_CATALOGUES = {"zh-Hans": "zh_Hans", "en": "en"}

_ = gettext
_l = lazy_gettext
_n = ngettext


def match_language(tag: str | None) -> str | None:
    """Our language for a BCP 47 tag: every `zh*` is zh-Hans, every `en*` is en; None for others."""
    primary = (tag or "").replace("_", "-").split("-")[0].lower()
    return {"zh": "zh-Hans", "en": "en"}.get(primary)


def choose_language(preferred: str | None) -> str:
    """The language of a request: the person's own, else the cookie, else the browser's, else Chinese."""
    if chosen := match_language(preferred):
        return chosen
    if has_request_context():
        if chosen := match_language(request.cookies.get(COOKIE)):
            return chosen
        for tag, _quality in request.accept_languages:
            if chosen := match_language(tag):
                return chosen
    return LANGUAGES[0]


def install(app: Flask, preferred: "PreferredLanguage") -> None:
    """Let Flask-Babel ask us for the language of each request."""
    Babel(
        app,
        default_locale="zh_Hans",
        default_domain="messages",
        default_translation_directories=str(Path(__file__).parent / "translations"),
        locale_selector=lambda: _CATALOGUES[choose_language(preferred())],
        default_timezone=app.config["ZONE"],
    )


class PreferredLanguage:
    """What a signed-in person chose; the people room sets it for the request."""

    def __call__(self) -> str | None:
        """The tag, or None."""
        from flask import g, has_app_context

        return g.get("preferred_language") if has_app_context() else None


def current_language() -> str:
    """`zh-Hans` or `en`, for the request or job at work."""
    locale = get_locale()
    return match_language(str(locale)) or LANGUAGES[0] if locale is not None else LANGUAGES[0]


def pick(zh: str, en: str) -> str:
    """The one of two texts that the reader reads; the other where it is empty."""
    first, second = (zh, en) if current_language() == "zh-Hans" else (en, zh)
    return first or second


def pick_text(texts: Mapping[str, str], language: str | None = None) -> str:
    """The text of a language, else of its relatives, else the first there is."""
    wanted = language or current_language()
    if texts.get(wanted):
        return texts[wanted]
    for tag, text in texts.items():
        if text and match_language(tag) == match_language(wanted):
            return text
    return next((text for text in texts.values() if text), "")


def code_text(code: str, **facts: object) -> str:
    """What a code says, in the reader's language."""
    return str(gettext(code, **facts))


def error_text(error: SoundingsError) -> str:
    """What an error says to a person, in the reader's language; its code is the key."""
    return code_text(error.code, **error.facts)
