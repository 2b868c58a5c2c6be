"""The real answer page in a theme that may not be saved yet, in light or dark, whatever the viewer's device prefers."""

from functools import cache

from flask import Response

from portal.foundation.i18n import current_language
from questionnaires.answering import bodies, show, themes
from questionnaires.answering.ready import Ready
from questionnaires.answering.rules.theme import ThemeDocument
from questionnaires.answering.show import Frame
from questionnaires.library.shipped import templates

DARK, ALWAYS, NEVER = "@media(prefers-color-scheme:dark)", "@media all", "@media not all"


@cache
def _shown() -> Ready:
    """A questionnaire to look at: the shipped one with most questions on its first page."""
    fullest = max(templates(), key=lambda one: (len(one.definition.pages[0].questions), one.code))
    return Ready(None, fullest.definition)


def page(document: ThemeDocument, *, dark: bool) -> Response:
    """The first page of a shipped questionnaire in a look of its own; it may stand in a frame of ours."""
    ready, look = _shown(), themes.look_of(document, "preview")
    language = ready.spoken(current_language()) or ready.definition.language
    html, _ = show.page_html(ready, 0, language, frame=Frame(personal=False, look=look))
    before, _, rest = html.partition("<style>")
    sheet, _, after = rest.partition("</style>")
    sheet = sheet.replace(DARK, ALWAYS if dark else NEVER).replace("color-scheme:light dark", f"color-scheme:{'dark' if dark else 'light'}")
    return show.send((f"{before}<style>{sheet}</style>{after}", bodies.policy(sheet, "'self'")))
