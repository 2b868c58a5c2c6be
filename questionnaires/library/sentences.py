"""Findings, conditions and differences as sentences, in the reader's language."""

from typing import Any

from portal.foundation.conditions import AllOf, Not, Op, Parsed, Test
from portal.foundation.i18n import _, current_language
from questionnaires.bank.labels import language_label, words_of
from questionnaires.logic.definition import END, Definition, Question, QuestionType, text_in
from questionnaires.logic.findings import Finding

SHORT = 24


def operator_labels() -> dict[str, str]:
    """The operators of condition rows."""
    return {
        Op.EQ: _("is"),
        Op.NE: _("is not"),
        Op.LE: _("is at most"),
        Op.GE: _("is at least"),
        Op.LT: _("is less than"),
        Op.GT: _("is more than"),
        Op.IN: _("is one of"),
        Op.NOT_IN: _("is none of"),
        Op.CONTAINS: _("contains"),
        Op.STARTS: _("begins with"),
        Op.PRESENT: _("is answered"),
        Op.ABSENT: _("is not answered"),
    }


def part_labels() -> dict[str, str]:
    """The parts of a questionnaire and of a question."""
    return {
        "title": _("Title"),
        "intro": _("Introduction"),
        "thank_you": _("Thank-you page"),
        "privacy": _("Privacy notice"),
        "text": _("Question"),
        "help": _("Help text"),
        "low_label": _("Label of the low end"),
        "high_label": _("Label of the high end"),
        "option": _("Option"),
        "required": _("Required"),
        "show_if": _("Display condition"),
        "indicator": _("Indicator"),
        "min": _("Minimum"),
        "max": _("Maximum"),
        "decimals": _("Decimals"),
        "max_length": _("Most characters"),
        "exclusive": _("Rules out the others"),
        "other": _("With own words"),
        "score": _("Score"),
        "node": _("Reason in the problem taxonomy"),
        "languages": _("Languages"),
        "kind": _("Class"),
        "anonymous": _("Anonymous"),
        "theme": _("Theme"),
        "type": _("Question type"),
        "page_title": _("Page title"),
        "row": _("Row"),
        "required_message": _("Message when unanswered"),
        "rule": _("Message of a rule"),
        "quota": _("Message of a quota"),
        "ending": _("Closing page"),
    }


def kind_labels() -> dict[str, str]:
    """The classes of questionnaires."""
    return {
        "touchpoint": _("Touchpoint survey"),
        "relationship": _("Relationship survey"),
        "consumer_protection": _("Consumer protection"),
        "internal": _("Staff survey"),
    }


def section_labels() -> dict[str, str]:
    """What concerns the whole questionnaire."""
    return {
        "texts": _("Title and texts"),
        "settings": _("Languages and settings"),
        "endings": _("Closing pages"),
        "quotas": _("Quotas"),
        "scores": _("Scores"),
        "blocks": _("Mixed blocks"),
        "experiments": _("Experiments (A/B)"),
    }


def finding(one: Finding, definition: Definition) -> str:
    """What a finding says."""
    facts: dict[str, Any] = dict(one.facts)
    if "part" in facts:
        facts["part"] = part_labels().get(facts["part"], facts["part"])
    if "language" in facts:
        facts["language"] = language_label(facts["language"])
    if "field" in facts:
        facts["field"] = short(definition, str(facts["field"]))
    for name in ("to", "page_id"):
        if name in facts:
            facts[name] = page_name(definition, str(facts[name]))
    return str(_(one.key, **facts))


def page_name(definition: Definition, page_id: str) -> str:
    """A page by its number; the end, and pages that are not there, by their names."""
    number = definition.place.get(page_id)
    if number is not None:
        return str(_("Page %(number)s", number=number + 1))
    return str(_("the end")) if page_id == END else page_id


def short(definition: Definition, code: str) -> str:
    """A question named in a few words, by its code or by the name of one of its answers."""
    question = definition.by_code.get(code) or definition.by_name.get(code)
    if question is None:
        return code
    words = words_of(question)
    return words if len(words) <= SHORT else words[: SHORT - 1] + "…"


def condition(one: Parsed, definition: Definition) -> str:
    """A condition in words."""
    if isinstance(one, Test):
        question = definition.by_code.get(one.field)
        name = _("“%(question)s”", question=short(definition, one.field))
        label = operator_labels()[one.op]
        shown = one.value if isinstance(one.value, tuple) else () if one.value is None else (one.value,)
        return " ".join([name, label, *([", ".join(answer(question, value) for value in shown)] if shown else [])])
    if isinstance(one, Not):
        return str(_("not (%(condition)s)", condition=condition(one.not_, definition)))
    parts = [condition(part, definition) for part in (one.all if isinstance(one, AllOf) else one.any)]
    return str(_(" and ") if isinstance(one, AllOf) else _(" or ")).join(parts)


def answer(question: Question | None, value: Any) -> str:
    """An answer's words."""
    if isinstance(value, bool) or (question is not None and question.type is QuestionType.YES_NO):
        return str(_("Yes")) if value is True or value == "yes" else str(_("No"))
    option = next((option for option in question.options if option.code == value), None) if question else None
    return text_in(option.text, current_language()) if option else str(value)
