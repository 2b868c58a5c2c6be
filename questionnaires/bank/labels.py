"""The words for question types, categories and languages on staff pages."""

from babel import Locale, UnknownLocaleError

from portal.foundation.i18n import NAMES, _, current_language
from questionnaires.logic.definition import Question, QuestionType, text_in


def type_labels() -> dict[str, str]:
    """Question types in the reader's language, in the order in which they are offered."""
    return {
        QuestionType.NPS: _("Recommendation (NPS 0–10)"),
        QuestionType.CSAT: _("Satisfaction (CSAT 1–5)"),
        QuestionType.CES: _("Effort (CES 1–7)"),
        QuestionType.SINGLE: _("Single choice"),
        QuestionType.MULTIPLE: _("Multiple choice"),
        QuestionType.YES_NO: _("Yes or no"),
        QuestionType.SHORT_TEXT: _("Short text"),
        QuestionType.LONG_TEXT: _("Long text"),
        QuestionType.NUMBER: _("Number"),
        QuestionType.STATEMENT: _("Statement"),
    }


def category_labels() -> dict[str, str]:
    """The bank's categories."""
    return {
        "overall": _("Overall"),
        "outlet": _("Outlet"),
        "mobile": _("Mobile bank"),
        "remote": _("Telephone and chat"),
        "loans": _("Loans"),
        "cards": _("Cards"),
        "wealth": _("Wealth"),
        "complaints": _("Complaints"),
        "corporate": _("Corporate clients"),
        "internal": _("Staff"),
    }


def language_label(tag: str) -> str:
    """A language by its own name."""
    if tag in NAMES:
        return NAMES[tag]
    try:
        return Locale.parse(tag, sep="-").get_display_name() or tag
    except (UnknownLocaleError, ValueError):
        return tag


def words_of(question: Question) -> str:
    """A question's text for the reader, or its code."""
    return text_in(question.text, current_language()) or question.code
