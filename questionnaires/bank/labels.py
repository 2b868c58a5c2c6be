"""The words for question types, categories, displays, parts and languages on staff pages."""

from babel import Locale, UnknownLocaleError
from sqlmodel import Session

from portal.foundation.i18n import NAMES, _, current_language, pick
from questionnaires.bank import store
from questionnaires.bank.contents import Content, title_of
from questionnaires.logic.definition import Display, QuestionType, text_in

AXES = ("journey", "touchpoint", "dimension")


def type_labels() -> dict[str, str]:
    """Question types in the reader's language, in the order in which they are offered."""
    return {
        QuestionType.NPS: _("Recommendation (NPS 0–10)"),
        QuestionType.CSAT: _("Satisfaction (CSAT 1–5)"),
        QuestionType.CES: _("Effort (CES 1–7)"),
        QuestionType.SINGLE: _("Single choice"),
        QuestionType.MULTIPLE: _("Multiple choice"),
        QuestionType.YES_NO: _("Yes or no"),
        QuestionType.MATRIX_RATING: _("Matrix, rating"),
        QuestionType.MATRIX_SINGLE: _("Matrix, one answer a row"),
        QuestionType.MATRIX_MULTIPLE: _("Matrix, several answers a row"),
        QuestionType.RANKING: _("Ranking"),
        QuestionType.CONSTANT_SUM: _("Constant sum"),
        QuestionType.SLIDER: _("Slider"),
        QuestionType.NUMBER: _("Number"),
        QuestionType.SHORT_TEXT: _("Short text"),
        QuestionType.LONG_TEXT: _("Long text"),
        QuestionType.EMAIL: _("E-mail address"),
        QuestionType.PHONE: _("Phone number"),
        QuestionType.DATE: _("Date"),
        QuestionType.TIME: _("Time"),
        QuestionType.FILE: _("File"),
        QuestionType.PHOTO: _("Photo"),
        QuestionType.SIGNATURE: _("Signature"),
        QuestionType.CONSENT: _("Consent"),
        QuestionType.STATEMENT: _("Statement"),
        QuestionType.HIDDEN: _("Hidden field"),
    }


def display_labels() -> dict[str, str]:
    """How choices may be drawn."""
    return {
        Display.AUTO: _("As usual for this type"),
        Display.NUMBERS: _("Numbers"),
        Display.STARS: _("Stars"),
        Display.FACES: _("Faces"),
        Display.RADIO: _("List"),
        Display.DROPDOWN: _("Drop-down"),
        Display.PICTURES: _("As pictures"),
    }


def axis_labels() -> dict[str, str]:
    """The three axes of categories."""
    return {"journey": _("Customer journey"), "touchpoint": _("Touchpoint"), "dimension": _("Dimension")}


def category_names(session: Session) -> dict[tuple[str, str], str]:
    """The names of all categories in the reader's language, by axis and code, in their order."""
    return {(one.axis, one.code): pick(one.name_zh, one.name_en) for one in store.categories(session)}


def category_choices(session: Session, axis: str) -> list[tuple[str, str]]:
    """The categories of an axis that may be chosen, as (code, name)."""
    return [(one.code, pick(one.name_zh, one.name_en)) for one in store.categories(session) if one.axis == axis and one.retired_at is None]


def part_labels() -> dict[str, str]:
    """The parts that a change may touch."""
    return {
        "text": _("Question"),
        "title": _("Title"),
        "help": _("Help text"),
        "low_label": _("Label of the low end"),
        "high_label": _("Label of the high end"),
        "required_message": _("Message where an answer is missing"),
        "option": _("Option"),
        "row": _("Row"),
        "order": _("Order"),
        "question": _("Question of the section"),
        "type": _("Type"),
        "display": _("How it is drawn"),
        "required": _("Must be answered"),
        "min": _("Minimum"),
        "max": _("Maximum"),
        "step": _("Step"),
        "total": _("Total"),
        "decimals": _("Decimals"),
        "max_length": _("Most characters"),
        "points_low": _("Lowest point"),
        "points_high": _("Highest point"),
        "shuffle": _("Mixed order"),
        "source": _("Filled from"),
        "indicator": _("Indicator it feeds"),
        "long_only": _("Left out of the short variant"),
        "show_if": _("Display condition"),
        "carry": _("Options by an earlier answer"),
        "rules": _("Rules"),
        "tags": _("Tags"),
    }


def secret_labels() -> dict[str, str]:
    """What is never asked for, by kind."""
    return {
        "password": _("Passwords"),
        "code": _("Verification codes"),
        "card_number": _("Card and account numbers"),
        "identity_number": _("Identity documents"),
    }


def language_label(tag: str) -> str:
    """A language by its own name."""
    if tag in NAMES:
        return NAMES[tag]
    try:
        return Locale.parse(tag, sep="-").get_display_name() or tag
    except (UnknownLocaleError, ValueError):
        return tag


def words_of(content: Content, code: str = "") -> str:
    """A question's text, or a section's title, for the reader; else its code."""
    return text_in(title_of(content), current_language()) or code or getattr(content, "code", "")
