"""Pages of customers made into HTML, in the questionnaire's language, whatever the browser's."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from flask import Response, request, url_for
from flask_babel import force_locale
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from portal.foundation import i18n, web
from portal.foundation.files import resources
from portal.foundation.i18n import _, _n
from questionnaires.answering import bodies
from questionnaires.answering.page import BLANK, Filled, question_views, rich_words
from questionnaires.answering.ready import Ready
from questionnaires.answering.themes import PLAIN, Look
from questionnaires.answering.words import PRIVACY, STATES
from questionnaires.logic import seeing
from questionnaires.logic.rich import rich

CATALOGUES = {"zh-Hans": "zh_Hans", "en": "en"}
MODE_SCRIPTS: Mapping[str, Sequence[str]] = {"kiosk": ("kiosk.js",)}
_PART = re.compile(r"/\*@ ([a-z]+) \*/")


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page and is the same for many.

    mode   "" for a customer's own device, else the name of another (kiosk, assisted): a class of the page, and its script
    keep   what the page's own links carry on, from `&`: signed fields of the address
    key    what later pages of a poster's questionnaire carry; `personal` is false for posters
    """

    large: bool = False
    mode: str = ""
    keep: str = ""
    key: str = ""
    personal: bool = True
    look: Look = PLAIN


@cache
def _sheet() -> tuple[str, Mapping[str, str]]:
    """The style sheet of customers' pages: what all need, and the parts that only some questionnaires need."""
    base, *rest = _PART.split((resources("static") / "css" / "answer.css").read_text(encoding="utf-8"))
    return bodies.tight(base), {name: bodies.tight(css) for name, css in zip(rest[::2], rest[1::2], strict=True)}


def style(parts: frozenset[str] = frozenset()) -> str:
    """The style sheet with some of its parts, in the order in which they are written."""
    base, more = _sheet()
    return base + "".join(css for name, css in more.items() if name in parts)


def script_url(name: str) -> str:
    """A script's address, which changes with its content."""
    return url_for("static", filename=f"js/{name}")


def browser_language() -> str:
    """The first of the browser's languages that we speak."""
    return _first_spoken(request.environ.get("HTTP_ACCEPT_LANGUAGE", ""))


@lru_cache(maxsize=256)
def _first_spoken(header: str) -> str:
    for tag, _quality in parse_accept_header(header[:200], LanguageAccept):
        if found := i18n.match_language(tag):
            return found
    return i18n.LANGUAGES[0]


def sheet_of(ready: Ready, look: Look) -> str:
    """The sheet of all pages of a version: the same for each, so that the script may put one in the other's place."""
    return style(ready.parts) + ready.reveals + look.css


def page_html(ready: Ready, index: int, language: str, filled: Filled = BLANK, frame: Frame = Frame()) -> tuple[str, str]:  # frozen
    """A page of a questionnaire, and its content policy."""
    definition, sheet = ready.definition, sheet_of(ready, frame.look)
    page = definition.pages[index]
    progress = seeing.progress(definition, index, filled.answers, filled.context)
    with _speaking(language):
        questions = question_views(definition, index, language, filled)
        html = web.render(
            "questionnaires/answering/page.html",
            **_around(ready.words(definition.title, language), language, sheet, definition.languages, frame),
            scripts=_scripts(ready, frame.mode),
            intro=rich_words(definition, definition.intro, language, filled.answers) if progress.number == 1 else "",
            page_title=ready.words(page.title, language),
            questions=questions,
            errors=[{"code": one.code, "text": f"{one.text} {one.error}"} for one in questions if one.error],
            index=index,
            number=progress.number,
            pages=progress.of,
            last=progress.last,
            minutes=minutes(progress.seconds),
            files=ready.uploads[index],
            saving=frame.personal and not frame.mode,
            anonymous=definition.anonymous,
            call_url=f"?do=call&lang={language}{frame.keep}" if definition.call_me and not definition.anonymous else "",
            privacy_url=f"?do=privacy&lang={language}{frame.keep}" if frame.personal and not frame.mode else "",
        )
    return html, bodies.policy(sheet)


def minutes(seconds: int) -> str:
    """How long the rest takes, as a person says it; nobody is told of seconds."""
    whole = max(1, round(seconds / 60))
    return str(_n("about %(num)s minute", "about %(num)s minutes", whole))


def _speaking(language: str) -> Any:
    return force_locale(CATALOGUES[i18n.match_language(language) or "en"])


def _scripts(ready: Ready, mode: str) -> list[str]:
    """The scripts of a questionnaire's pages, the same for each; `fields` before the one that begins the page."""
    names = ["conditions.js"] if ready.conditional else []
    names += ["answer-fields.js", "answer.js"]
    names += ["signature.js"] if ready.signed else []
    return [script_url(name) for name in (*names, *MODE_SCRIPTS.get(mode, ()))]


def state_html(
    state: str,
    language: str,
    frame: Frame = Frame(),  # frozen
    *,
    words: Markup | None = None,
    action: Mapping[str, Any] | None = None,
    note: str = "",
    ready: Ready | None = None,
) -> tuple[str, str]:
    """A page that says where things stand, in `words` or in the catalogue's own, and its content policy.

    action  a form with one button and a way back: url, text, back, back_text
    ready   the version it belongs to: such a page has its sheet, so that the script may put it in the place of another
    """
    sheet = sheet_of(ready, frame.look) if ready else style() + frame.look.css
    with _speaking(language):
        head, lines = STATES[state]
        html = web.render(
            "questionnaires/answering/state.html",
            **_around(str(head), language, sheet, i18n.LANGUAGES, frame),
            scripts=[script_url(name) for name in MODE_SCRIPTS.get(frame.mode, ())],
            head=str(head),
            words=words,
            lines=[] if words else [str(line) for line in lines],
            note=note and _(note),
            action={name: str(value) for name, value in action.items()} if action else None,
            pages=0,
        )
    return html, bodies.policy(sheet)


def form_html(template: str, head: str, language: str, frame: Frame, **values: Any) -> tuple[str, str]:
    """A page with a form of its own that is no question: to be called back, to check a message; and its content policy."""
    sheet = style() + frame.look.css
    with _speaking(language):
        head = _(head)
        html = web.render(template, **_around(head, language, sheet, i18n.LANGUAGES, frame), scripts=(), head=head, pages=0, **values)
    return html, bodies.policy(sheet)


def privacy_html(language: str, frame: Frame, own: Markup | None, data_url: str) -> tuple[str, str]:
    """The privacy notice, with a questionnaire's own words first, and its content policy."""
    sheet = style() + frame.look.css
    with _speaking(language):
        months = web.ground().settings.retention_months
        html = web.render(
            "questionnaires/answering/privacy.html",
            **_around(_("Privacy notice"), language, sheet, i18n.LANGUAGES, frame),
            scripts=(),
            own=own,
            data_url=data_url,
            parts=[(str(head), _(text._args[0], months=months)) for head, text in PRIVACY],
            pages=0,
        )
    return html, bodies.policy(sheet)


def closing_words(ready: Ready, texts: Mapping[str, str], language: str, answers: Mapping[str, Any]) -> Markup | None:
    """Closing words of a questionnaire; None where it has none."""
    found = rich_words(ready.definition, texts, language, answers)
    return found or None


def _around(title: str, language: str, sheet: str, languages: Sequence[str], frame: Frame) -> dict[str, Any]:
    settings, look = web.ground().settings, frame.look
    return {
        "title": title,
        "language": language,
        "large": frame.large,
        "mode": frame.mode,
        "style": Markup(sheet),  # noqa: S704  # our own sheet, selectors made of checked codes, a theme's checked colours
        "logo": look.logo,
        "note_of_bank": rich(look.footer.get(language, "")),
        "bank": settings.bank_name_zh if i18n.match_language(language) == "zh-Hans" else settings.bank_name_en,
        "hotline": settings.hotline,
        "retention": settings.retention_months,
        "switches": _switches(language, languages, frame),
        "keep": Markup(frame.keep.replace("&", "&amp;")),  # noqa: S704  # made of our own letters
        "key": frame.key,
        "personal": frame.personal,
    }


def _switches(language: str, languages: Sequence[str], frame: Frame) -> list[dict[str, str]]:
    size, other_size = ("large", "normal") if frame.large else ("normal", "large")
    text = _("Normal text") if frame.large else _("Large text")
    found = [{"url": f"?lang={language}&size={other_size}{frame.keep}", "text": text, "lang": ""}]
    for tag in languages:
        if tag != language:
            name = {"zh-Hans": "中文", "en": "English"}.get(tag, tag)
            found.append({"url": f"?lang={tag}&size={size}{frame.keep}", "text": name, "lang": tag})
    return found


def send(page: tuple[str, str], status: int = 200) -> Response:
    """A page that only one person gets."""
    return bodies.once(*page, request.headers.get("Accept-Encoding", ""), status)
