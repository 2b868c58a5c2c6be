"""A questionnaire tried out by staff: the real pages, nothing is saved; what was answered goes from page to page, sealed in the form."""

import json
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import InvalidToken
from flask import Response

from portal.foundation import web
from portal.foundation.clock import day_in
from questionnaires.answering import edge
from questionnaires.answering.page import Filled
from questionnaires.answering.ready import Ready
from questionnaires.answering.walking import Known, Step, walk
from questionnaires.logic.definition import Definition
from questionnaires.logic.pretend import Mood, pretended
from questionnaires.logic.validate import Form

SAID = {"zh-Hans": "（试填的文字）", "en": "(made-up words)"}
"""What is said where text is wanted; it is the questionnaire's language that counts, not the designer's."""


def look(ready: Ready) -> Response:
    """One page, by `?page=`, `?lang=` and `?size=`; with `?as=` as if it and all before it had been answered."""
    number = edge.asked("page")
    index = min(int(number), len(ready.definition.pages) - 1) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    language = edge.language(ready, None)
    answers = _made_up(ready.definition, language)
    return _page(ready, index, language, Filled(answers, _context(language)), answers)


def go_on(ready: Ready, form: Form | None = None) -> Response:
    """What a customer would come to next; the answers so far came with the form (`form` where it was read already)."""
    language, form = edge.language(ready, None), edge.form() if form is None else form
    context = _context(language)
    known = Known(_opened((form.get("_key") or ("",))[0]), context)
    taken = walk(ready, edge.sent(form, language), known, lambda _answers, _page, _submitted: True)
    if taken.step is Step.KEPT:
        return Response(status=204)
    if taken.step is Step.PAGE:
        return _page(ready, taken.page, language, taken.filled, taken.filled.answers)
    return framed(edge.thanks(ready, language, taken))


def _made_up(definition: Definition, language: str) -> dict[str, Any]:
    try:
        mood = Mood(edge.asked("as"))
    except ValueError:
        return {}
    words = SAID.get(language, SAID["en"])
    return pretended(definition, mood, words, day_in(web.ground().settings.zone, web.now()), _context(language))


def _context(language: str) -> dict[str, Any]:
    """What conditions may read; without a seed everything stands as its designer wrote it."""
    return {"language": language, "today": day_in(web.ground().settings.zone, web.now()).isoformat()}


def _page(ready: Ready, index: int, language: str, filled: Filled, answers: Mapping[str, Any]) -> Response:
    key = web.ground().keys.encrypt(json.dumps(answers)).decode() if answers else ""
    return framed(edge.page(ready, index, language, filled, edge.frame(version=ready, key=key)))


def _opened(sealed: str) -> dict[str, Any]:
    """What was answered so far; what we did not seal counts as nothing."""
    try:
        found = json.loads(web.ground().keys.decrypt(sealed.encode())) if sealed else {}
    except (InvalidToken, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def framed(page: Response) -> Response:
    """A page that staff's pages may show in a frame of their own."""
    policy = page.headers["Content-Security-Policy"]
    page.headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    return page
