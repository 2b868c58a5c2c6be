"""The edge of customers' pages: what an address, a header or a form says, and which body goes out."""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from flask import Flask, Response, abort, current_app, make_response, request

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.foundation.i18n import _l
from questionnaires.answering import bodies, show, store
from questionnaires.answering.bodies import Body
from questionnaires.answering.page import BLANK, Filled
from questionnaires.answering.rates import Rates
from questionnaires.answering.ready import Ready, Shelf
from questionnaires.answering.rules.reveal import values_of
from questionnaires.answering.walking import Sent
from questionnaires.logic.validate import Form

SHELF = "soundings.answering"
RATES = "soundings.answering.rates"
MOST_BYTES = 1024 * 1024
MOST_FIELDS = 2000
FORM = "application/x-www-form-urlencoded"
UNKNOWN_LINKS, FORMS_OF_LINK, FORMS_OF_ADDRESS = "ANSWER_UNKNOWN_RATE", "ANSWER_LINK_RATE", "ANSWER_ADDRESS_RATE"
PER_MINUTE = {UNKNOWN_LINKS: 30, FORMS_OF_LINK: 60, FORMS_OF_ADDRESS: 1200}
"""A branch's guests share one address, so that limit is wide; a guess at tokens is not."""
_SAME_SITE = ("", "same-origin", "none")


def install(app: Flask) -> None:
    """Give an app its shelf of versions and its limits."""
    app.extensions[SHELF] = Shelf()
    app.extensions[RATES] = Rates()
    for name, rate in PER_MINUTE.items():
        app.config.setdefault(name, rate)


def shelf() -> Shelf:
    """The versions and bodies of this process."""
    return cast(Shelf, current_app.extensions[SHELF])


def ready(version_id: UUID) -> Ready | None:
    """A version, ready to be asked; the database is looked into only the first time."""

    def load(key: UUID) -> dict[str, Any] | None:
        with web.reading() as session:
            return store.definition_of(session, key)

    return shelf().version(version_id, load)


def ready_or_raise(version_id: UUID) -> Ready:
    """The same, for an invitation that names it.

    Raises  NotFound
    """
    found = ready(version_id)
    if found is None:
        raise NotFound
    return found


def asked(name: str) -> str:
    """What the address asks for; most ask for nothing, and then nothing is parsed."""
    return request.args.get(name, "")[:20] if request.environ.get("QUERY_STRING") else ""


def asked_language() -> str:
    """The language that the address asks for."""
    return asked("lang")


def language(version: Ready, invited: str | None) -> str:
    """The language of this request."""
    return version.language(asked_language(), invited, show.browser_language)


def large() -> bool:
    """Whether the address asks for large text."""
    return asked("size") == "large"


def _accepted() -> str:
    return request.headers.get("Accept-Encoding", "")


def _body(key: tuple[object, ...], make: Callable[[], tuple[str, str]]) -> Body:
    """A constant body, made when first asked for."""
    kept = shelf().bodies
    return cast(Body, kept.get(key) or kept.keep(key, bodies.prepare(*make())))


def page(version: Ready, index: int, tag: str, filled: Filled, *, status: int = 200, key: str = "", personal: bool = True) -> Response:
    """A page: the same bytes for everybody wherever nothing on it is one person's own."""
    big = large()

    def make() -> tuple[str, str]:
        return show.page_html(version, index, tag, large=big, filled=filled, key=key, personal=personal)

    own = filled.typed or filled.errors or key or not version.codes[index].isdisjoint(filled.answers)
    if own or not version.constant[index] or version.version_id is None:
        return bodies.once(*make(), _accepted(), status)
    return _body((version.version_id, tag, index, big, personal), make).answer(_accepted(), status)


def state(name: str, tag: str, status: int = 200) -> Response:
    """A page that says where things stand."""
    big = large()
    return _body((name, tag, big), lambda: show.state_html(name, tag, large=big)).answer(_accepted(), status)


def thanks(version: Ready, tag: str) -> Response:
    """The closing words of a version."""
    big, words = large(), version.words(version.definition.thank_you, tag)
    key = (version.version_id, "thanks", tag, big)
    return _body(key, lambda: show.state_html("submitted", tag, large=big, words=words)).answer(_accepted())


def confirm_stop(tag: str) -> Response:
    """The question before an opt-out; only its form writes."""
    action = {
        "url": f"?do=stop&lang={tag}",
        "text": _l("Yes, never ask me again"),
        "back": f"?lang={tag}",
        "back_text": _l("Back to the survey"),
    }
    return _body(("stop", tag, large()), lambda: show.state_html("stop", tag, large=large(), action=action)).answer(_accepted())


def privacy(tag: str) -> Response:
    """The privacy notice."""
    tag, big = tag if tag in show.CATALOGUES else show.browser_language(), large()
    return _body(("privacy", tag, big), lambda: show.privacy_html(tag, big)).answer(_accepted())


def prefilled(version: Ready, index: int) -> Filled:
    """Choices named in the address (`?nps=9`), to be seen and changed before they are sent."""
    if not request.environ.get("QUERY_STRING"):
        return BLANK
    found = {}
    for question in version.definition.pages[index].questions:
        value = request.args.get(question.code)
        if value is not None and value in values_of(question):
            found[question.code] = [value]
    return Filled(typed=found) if found else BLANK


def form() -> Form:
    """The fields of the form.

    Raises  HTTPException 413 and 400 for more than a page can send
    """
    if (request.content_length or 0) > MOST_BYTES:
        refuse("too_large", 413)
    if request.mimetype != FORM:
        return dict(request.form.lists())
    try:
        return parse_qs(request.get_data(cache=False).decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        refuse("too_large", 413)
        raise


def sent(fields: Form, tag: str) -> Sent:
    """The form with the page it came from."""
    number = (fields.get("_page") or ("0",))[0]
    return Sent(
        fields, tag, int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0, "back" in fields.get("_do", ())
    )


def refuse(name: str, status: int, wait: int = 0) -> None:
    """End the request with a page that says why.

    Raises  HTTPException
    """
    answer = state(name, show.browser_language(), status)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    abort(make_response(answer))


def check_form(link: str) -> None:
    """Refuse a form that another site sent, and more of them than a person sends.

    Browsers send `Origin: null` from a page with `no-referrer`, so that says nothing; `Sec-Fetch-Site` does.
    Raises  HTTPException 403, 429
    """
    headers = request.headers
    if headers.get("Sec-Fetch-Site", "") not in _SAME_SITE:
        refuse("refused", 403)
    origin = headers.get("Origin", "null")
    if origin != "null" and urlsplit(origin).netloc != request.host:
        refuse("refused", 403)
    _count(FORMS_OF_LINK, link[:64])
    _count(FORMS_OF_ADDRESS, request.remote_addr or "")


def count_unknown() -> None:
    """Count a link that nobody was sent, by address: guessing is slowed down, a mistyped link is not.

    Raises  HTTPException 429
    """
    _count(UNKNOWN_LINKS, request.remote_addr or "")


def _count(name: str, key: str) -> None:
    if not current_app.config.get("RATELIMIT_ENABLED", True):
        return
    rates = cast(Rates, current_app.extensions[RATES])
    if rates.count(name, key, web.now().timestamp()) > current_app.config[name]:
        refuse("too_many", 429, wait=60)
