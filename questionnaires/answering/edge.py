"""The edge of customers' pages: what an address, a header or a form says, and which body goes out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask, Request, Response, abort, current_app, make_response, request

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.foundation.i18n import _l
from questionnaires.answering import bodies, show, signing, store, themes
from questionnaires.answering.bodies import Body
from questionnaires.answering.page import BLANK, Filled
from questionnaires.answering.rates import Rates
from questionnaires.answering.ready import Ready, Shelf
from questionnaires.answering.rules.reveal import values_of
from questionnaires.answering.show import Frame
from questionnaires.answering.walking import Sent, Step, Taken
from questionnaires.logic import seeing
from questionnaires.logic.definition import Ending
from questionnaires.logic.validate import Form

SHELF = "soundings.answering"
RATES = "soundings.answering.rates"
MOST_BYTES = 1024 * 1024
MOST_FIELDS = 2000
FORM = "application/x-www-form-urlencoded"
UNKNOWN_LINKS, FORMS_OF_LINK, FORMS_OF_ADDRESS = "ANSWER_UNKNOWN_RATE", "ANSWER_LINK_RATE", "ANSWER_ADDRESS_RATE"
PER_MINUTE = {UNKNOWN_LINKS: 30, FORMS_OF_LINK: 60, FORMS_OF_ADDRESS: 1200}
"""A branch's guests share one address, so that limit is wide; a guess at tokens is not."""
FORGED = "forged_fields"
"""The flag of an answer whose address held fields that we did not sign."""
_SAME_SITE = ("", "same-origin", "none")


def install(app: Flask) -> None:
    """Give an app its shelf of versions and its limits."""
    app.extensions[SHELF] = Shelf()
    app.extensions[RATES] = Rates()
    for name, rate in PER_MINUTE.items():
        app.config.setdefault(name, rate)


def shelf() -> Shelf:
    """The versions and bodies of this process."""
    return cast(Shelf, current_app._get_current_object().extensions[SHELF])  # type: ignore[attr-defined]  # as in `at_hand`


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


def at_hand() -> Request:
    """The request itself: each look through Flask's proxy costs as much as a look into a dict of its own."""
    return request._get_current_object()  # type: ignore[attr-defined,no-any-return]  # werkzeug's own way out of the proxy


def asked(name: str, longest: int = 20) -> str:
    """What the address asks for; most ask for nothing, and then nothing is parsed."""
    found = at_hand()
    return found.args.get(name, "")[:longest] if found.environ.get("QUERY_STRING") else ""


def asked_language() -> str:
    """The language that the address asks for."""
    return asked("lang")


def language(version: Ready, invited: str | None) -> str:
    """The language of this request."""
    return version.language(asked_language(), invited, show.browser_language)


def large(invited: bool = False) -> bool:
    """Whether text is large: as the address asks, else as the invitation says."""
    size = asked("size")
    return size == "large" or (invited and size != "normal")


def zone() -> ZoneInfo:
    """The bank's zone."""
    return ZoneInfo(web.ground().settings.zone)  # the class keeps each zone once


def signed_fields(link: str) -> tuple[Mapping[str, Any], list[str]]:
    """What the address carries under our signature, and a flag where somebody else tried to."""
    packed = asked("f", signing.LONGEST + 1)
    if not packed:
        return {}, []
    found = signing.read(web.ground().keys, link, packed, asked("sig", 64))
    return ({}, [FORGED]) if found is None else (found, [])


def frame(*, invited_large: bool = False, personal: bool = True, key: str = "", mode: str = "", version: Ready | None = None) -> Frame:
    """What stands around the pages of this request."""
    packed = asked("f", signing.LONGEST)
    look = themes.look(version.definition.theme if version else None)
    if not packed:
        return Frame(large(invited_large), mode, "", key, personal, look)
    keep = (
        f"&f={packed}&sig={asked('sig', 64)}" if packed and (packed + asked("sig", 64)).replace("-", "").replace("_", "").isalnum() else ""
    )
    return Frame(large(invited_large), mode, keep, key, personal, look)


def _accepted() -> str:
    return str(at_hand().environ.get("HTTP_ACCEPT_ENCODING", ""))


def _body(key: tuple[object, ...], make: Callable[[], tuple[str, str]]) -> Body:
    """A constant body, made when first asked for."""
    kept = shelf().bodies
    return cast(Body, kept.get(key) or kept.keep(key, bodies.prepare(*make())))


def page(version: Ready, index: int, tag: str, filled: Filled, around: Frame, *, status: int = 200) -> Response:
    """A page: the same bytes for everybody wherever nothing on it is one person's own."""
    own = filled.typed or filled.errors or around.key or around.keep or not version.names[index].isdisjoint(filled.answers)
    if own or not version.constant[index] or version.version_id is None:
        return bodies.once(*show.page_html(version, index, tag, filled, around), _accepted(), status)
    short = bool(filled.context.get("short"))
    if index == version.start:  # what comes later may hang on the event, but the first page says the same to everybody
        filled, place = Filled(context={"short": short}), None
    else:
        place = seeing.progress(version.definition, index, filled.answers, filled.context)
    key = (version.version_id, tag, index, around.large, around.personal, around.mode, around.look.key, short, place)
    return _body(key, lambda: show.page_html(version, index, tag, filled, around)).answer(_accepted(), status)


def first_page(version: Ready, invited: str | None, *, large: bool) -> Response | None:
    """What most requests want: the first page of a link that nobody has opened, with nothing asked for in the address."""
    start, environ = version.start, at_hand().environ
    if start is None or version.version_id is None or not version.constant[start] or environ.get("QUERY_STRING"):
        return None
    tag = version.language("", invited, show.browser_language)
    look = themes.look(version.definition.theme)

    def make() -> tuple[str, str]:
        return show.page_html(version, start, tag, Filled(context={"short": large}), Frame(large, look=look))

    return _body((version.version_id, tag, large, look.key), make).answer(environ.get("HTTP_ACCEPT_ENCODING", ""))


def state(name: str, tag: str, status: int = 200, *, around: Frame | None = None) -> Response:
    """A page that says where things stand."""
    around = around or frame()
    key = (name, tag, around.large, around.mode, around.look.key)
    return _body(key, lambda: show.state_html(name, tag, replace(around, keep=""))).answer(_accepted(), status)


def thanks(version: Ready, tag: str, taken: Taken | None = None, around: Frame | None = None) -> Response:
    """The closing words of a version: those of the outcome, where it is known, else those for all."""
    around = replace(around or frame(version=version), keep="")
    ending = taken.ending if taken else None
    texts = ending.text if ending and ending.text else version.definition.thank_you
    answers = taken.filled.answers if taken else {}

    def make() -> tuple[str, str]:
        words = show.closing_words(version, texts, tag, answers)
        return show.state_html("submitted", tag, around, words=words, ready=version, **_offer(ending, tag, taken))

    if taken and taken.full is not None:
        words = show.closing_words(version, taken.full.message, tag, answers)
        return show.send(show.state_html("full", tag, around, words=words, ready=version))
    if version.version_id is None or (ending is not None and "{{" in str(dict(texts))):
        return show.send(make())
    key = (
        version.version_id,
        "thanks",
        tag,
        around.large,
        around.mode,
        around.look.key,
        ending.id if ending else "",
        bool(taken and taken.personal),
    )
    return _body(key, make).answer(_accepted())


CALL = _l("A colleague will call you about it.")
OFFERS = {
    "officer": (_l("Would you help us as an experience officer?"), _l("Yes, tell me more")),
    "refer": (_l("Would you recommend us to family or friends?"), _l("Yes, I would like to")),
}


def _offer(ending: Ending | None, tag: str, taken: Taken | None) -> dict[str, Any]:
    """The one thing that an ending offers: to be called, or to take up a wish; never both."""
    action = str(ending.action) if ending else "none"
    if action == "call":
        return {"note": str(CALL._args[0])}
    if action in OFFERS and taken is not None and taken.personal:
        note, text = OFFERS[action]
        return {"note": str(note._args[0]), "action": {"url": f"?do={action}&lang={tag}", "text": text}}
    return {}


def confirm_stop(tag: str, around: Frame) -> Response:
    """The question before an opt-out; only its form writes."""
    action = {
        "url": f"?do=stop&lang={tag}{around.keep}",
        "text": _l("Yes, never ask me again"),
        "back": f"?lang={tag}{around.keep}",
        "back_text": _l("Back to the survey"),
    }
    return show.send(show.state_html("stop", tag, around, action=action))


def privacy(tag: str, version: Ready | None = None, data_url: str = "/privacy/request") -> Response:
    """The privacy notice; on a questionnaire's own page its own words stand first.

    data_url    where a customer sees what they agreed to and asks for their data
    """
    tag, around = tag if tag in show.CATALOGUES or version else show.browser_language(), frame(version=version)
    if version is None:
        return _body(("privacy", tag, around.large), lambda: show.privacy_html(tag, around, None, data_url)).answer(_accepted())
    own = show.closing_words(version, version.definition.privacy, tag, {})
    return show.send(show.privacy_html(tag, around, own, data_url))


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
    if not plain_form():
        return dict(at_hand().form.lists())
    try:
        return parse_qs(_sent_bytes().decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        refuse("too_large", 413)
        raise


def plain_form() -> bool:
    """Whether the request brings a form without files."""
    return str(at_hand().environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower() == FORM


def _sent_bytes() -> bytes:
    """The body, read at once where its length is told.

    Raises  HTTPException 413, 400 where less came than was told
    """
    environ = at_hand().environ
    length = environ.get("CONTENT_LENGTH", "")
    if not (length.isascii() and length.isdigit()):
        return at_hand().get_data(cache=False)
    if int(length) > MOST_BYTES:
        refuse("too_large", 413)
    found = cast(bytes, environ["wsgi.input"].read(int(length)))
    if len(found) < int(length):
        abort(400)
    return found


def sent(fields: Form, tag: str) -> Sent:
    """The form with the page it came from."""
    number = (fields.get("_page") or ("0",))[0]
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    do = fields.get("_do", ())
    return Sent(fields, tag, page, back="back" in do, keep="keep" in do)


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
    environ = at_hand().environ
    if environ.get("HTTP_SEC_FETCH_SITE", "") not in _SAME_SITE:
        refuse("refused", 403)
    origin = environ.get("HTTP_ORIGIN", "null")
    if origin != "null" and urlsplit(origin).netloc != request.host:
        refuse("refused", 403)
    _count(FORMS_OF_LINK, link[:64])
    _count(FORMS_OF_ADDRESS, environ.get("REMOTE_ADDR", ""))


def count_unknown() -> None:
    """Count a link that nobody was sent, by address: guessing is slowed down, a mistyped link is not.

    Raises  HTTPException 429
    """
    _count(UNKNOWN_LINKS, request.remote_addr or "")


def _count(name: str, key: str) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # as in `at_hand`
    if not app.config.get("RATELIMIT_ENABLED", True):
        return
    if cast(Rates, app.extensions[RATES]).count(name, key, web.now().timestamp()) > app.config[name]:
        refuse("too_many", 429, wait=60)


def after(taken: Taken, around: Frame) -> Response:
    """What to show after a form: the next page, or the same with its errors, or how it ended."""
    version, tag = taken.ready, taken.language
    if version is None:
        count_unknown()
        return state("unknown", show.browser_language(), 404)
    if taken.step is Step.KEPT:
        return Response(status=204)
    if taken.step is Step.DONE:
        return thanks(version, tag, taken, around)
    return page(version, taken.page, tag, taken.filled, around, status=422 if taken.filled.errors else 200)
