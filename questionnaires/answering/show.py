"""Pages of customers made into HTML, in the questionnaire's language, whatever the browser's."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from flask import Response, request
from flask_babel import force_locale
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from portal.foundation import i18n, web
from portal.foundation.files import resources
from portal.foundation.i18n import _
from questionnaires.answering import bodies
from questionnaires.answering.page import BLANK, Filled, question_views
from questionnaires.answering.ready import Ready
from questionnaires.answering.words import PRIVACY, STATES

CATALOGUES = {"zh-Hans": "zh_Hans", "en": "en"}


@cache
def style() -> str:
    """The style sheet of customers' pages."""
    return bodies.tight((resources("static") / "css" / "answer.css").read_text(encoding="utf-8"))


@cache
def script_url(name: str) -> str:
    """A script's address, which changes with its content."""
    content = (resources("static") / "js" / name).read_bytes()
    return f"/static/js/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"


def browser_language() -> str:
    """The first of the browser's languages that we speak."""
    return _first_spoken(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=256)
def _first_spoken(header: str) -> str:
    for tag, _quality in parse_accept_header(header[:200], LanguageAccept):
        if found := i18n.match_language(tag):
            return found
    return i18n.LANGUAGES[0]


def page_html(
    ready: Ready, index: int, language: str, *, large: bool = False, filled: Filled = BLANK, key: str = "", personal: bool = True
) -> tuple[str, str]:
    """A page of a questionnaire, and its content policy."""
    definition = ready.definition
    sheet = style() + ready.reveals[index]
    with force_locale(CATALOGUES[i18n.match_language(language) or "en"]):
        questions = question_views(definition, index, language, filled)
        html = web.render(
            "questionnaires/answering/page.html",
            **_frame(ready.words(definition.title, language), language, large, sheet, tuple(ready.definition.languages)),
            scripts=_scripts(any(one.reveal for one in questions)),
            intro=ready.words(definition.intro, language) if index == 0 else "",
            questions=questions,
            errors=[{"code": one.code, "text": f"{one.text} {one.error}"} for one in questions if one.error],
            index=index,
            number=index + 1,
            pages=len(definition.pages),
            last=index == len(definition.pages) - 1,
            key=key,
            personal=personal,
            anonymous=definition.anonymous,
        )
    return html, bodies.policy(sheet)


def _scripts(conditional: bool) -> list[str]:
    return [script_url(name) for name in (("conditions.js", "answer.js") if conditional else ("answer.js",))]


def state_html(
    state: str, language: str, *, large: bool = False, words: str = "", action: Mapping[str, Any] | None = None
) -> tuple[str, str]:
    """A page that says where things stand, in `words` or in the catalogue's own, and its content policy."""
    with force_locale(CATALOGUES[i18n.match_language(language) or "en"]):
        head, lines = STATES[state]
        html = web.render(
            "questionnaires/answering/state.html",
            **_frame(str(head), language, large, style(), i18n.LANGUAGES),
            scripts=(),
            head=str(head),
            lines=words.splitlines() or [str(line) for line in lines],
            action={name: str(value) for name, value in action.items()} if action else None,
            pages=0,
        )
    return html, bodies.policy(style())


def privacy_html(language: str, large: bool) -> tuple[str, str]:
    """The privacy notice, and its content policy."""
    with force_locale(CATALOGUES[i18n.match_language(language) or "en"]):
        months = web.ground().settings.retention_months
        parts = [(str(head), _(text._args[0], months=months)) for head, text in PRIVACY]
        html = web.render(
            "questionnaires/answering/privacy.html",
            **_frame(_("Privacy notice"), language, large, style(), i18n.LANGUAGES),
            scripts=(),
            parts=parts,
            pages=0,
        )
    return html, bodies.policy(style())


def _frame(title: str, language: str, large: bool, sheet: str, languages: Sequence[str]) -> dict[str, Any]:
    settings = web.ground().settings
    return {
        "title": title,
        "language": language,
        "large": large,
        "style": Markup(sheet),  # noqa: S704  # our own sheet and selectors made of checked codes
        "bank": settings.bank_name_zh if i18n.match_language(language) == "zh-Hans" else settings.bank_name_en,
        "hotline": settings.hotline,
        "retention": settings.retention_months,
        "switches": _switches(language, large, languages),
    }


def _switches(language: str, large: bool, languages: Sequence[str]) -> list[dict[str, str]]:
    size = "&size=large" if large else ""
    other_size = "" if large else "&size=large"
    found = [{"url": f"?lang={language}{other_size}", "text": _("Normal text") if large else _("Large text"), "lang": ""}]
    for tag in languages:
        if tag != language:
            found.append({"url": f"?lang={tag}{size}", "text": {"zh-Hans": "中文", "en": "English"}.get(tag, tag), "lang": tag})
    return found


def send(page: tuple[str, str], status: int = 200) -> Response:
    """A page that only one person gets."""
    return bodies.once(*page, request.headers.get("Accept-Encoding", ""), status)
