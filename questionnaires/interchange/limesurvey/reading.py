"""A LimeSurvey survey as a form: groups become pages, questions what their letter says, relevance conditions."""

import re

from questionnaires.interchange.carrying.building import Built, build
from questionnaires.interchange.carrying.form import Ask, Form, Sheet
from questionnaires.interchange.expressions.dialects import LIMESURVEY
from questionnaires.interchange.expressions.tree import ALWAYS, NEVER, Compare, Expr, Lit, Logic, Negate, Origin, Ref, both
from questionnaires.interchange.limesurvey import beside, tabbed, tables
from questionnaires.interchange.limesurvey.attributes import told
from questionnaires.interchange.limesurvey.letters import asks_of
from questionnaires.interchange.limesurvey.model import Condition, Group, Question, Survey
from questionnaires.logic.definition import QuestionType

PIPE = re.compile(r"\{(?=[A-Za-z_(!])([^{}\n]{1,400})\}")
_SGQA = re.compile(r"[@]?(\d+X\d+X\d+[A-Za-z0-9_#]*)[@]?")
METHODS = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
OF_SURVEY = {"AS": "assessment", "QTA": "quota", "QTAM": "quota", "QTALS": "quota"}
"""Rows of the tab-separated form."""


def read(data: bytes) -> Built:
    """A survey, group or question as XML.

    Raises  CannotRead
    """
    return build(form_of(tables.survey_of(data)))


def read_tabbed(data: bytes) -> Built:
    """A survey in the tab-separated form.

    Raises  CannotRead
    """
    return build(form_of(tabbed.survey_of(data)))


def form_of(survey: Survey) -> Form:
    """The form of a survey."""
    form = Form(languages=survey.languages or ["en"], pipe=PIPE, piped=_piped, language_name="LANG")
    form.title, form.thank_you, form.privacy = dict(survey.title), dict(survey.end), dict(survey.policy)
    form.intro = {
        one: "<br>".join(text for text in (survey.text.get(one, ""), survey.welcome.get(one, "")) if text) for one in form.languages
    }
    form.anonymous = survey.settings.get("anonymized") == "Y"
    form.counts.languages = len(form.languages)
    for name, count in survey.unread.items():
        form.notes.lost(OF_SURVEY.get(name, "part_unknown"), name, "survey", f"× {count}")
    for name in survey.strays:
        form.notes.changed("stray_question", "gid", name)
    for kind, name in survey.orphans:
        form.notes.lost("choice_nowhere", kind, name)
    if survey.leads_to.strip():
        form.notes.lost("leads_away", "surveyls_url", "survey", survey.leads_to)
    by_question: dict[str, list[Condition]] = {}
    for one in survey.conditions:
        by_question.setdefault(one.qid, []).append(one)
    worth = survey.settings.get("assessments") == "Y"
    for number, group in enumerate(survey.groups, 1):
        form.sheets.append(_sheet(form, survey, group, number, by_question, worth))
    form.counts.pages = len(form.sheets)
    beside.assessments(form, survey)
    beside.quotas(form, survey)
    beside.blocks(form, survey)
    return form


def _sheet(form: Form, survey: Survey, group: Group, number: int, old: dict[str, list[Condition]], worth: bool) -> Sheet:
    sheet = Sheet(f"group_{number}", dict(group.name))
    sheet.show_if = relevance(form, group.relevance, "grelevance", next(iter(group.name.values()), sheet.name))
    if any(text.strip() for text in group.text.values()):
        sheet.asks.append(Ask(f"group_{number}_text", QuestionType.STATEMENT, dict(group.text), where=sheet.name, first=False))
    beside.mixed(sheet, group)
    for question in group.questions:
        form.counts.questions += 1
        form.counts.options += len(question.answers)
        made = asks_of(form, survey, question, worth)
        shown = _shown(form, question, old.get(question.qid, []))
        for ask in made:
            ask.show_if = both(shown, ask.show_if)
        if made:
            told(form, question, made)
            _unused(form, question, made)
        sheet.asks += made
    return sheet


def _unused(form: Form, question: Question, made: list[Ask]) -> None:
    """Tell of answers and sub-questions that stand below a question of a type that has none."""
    if any(ask.options or ask.rows for ask in made) or len(made) > 1:
        return
    for construct, parts in (("answers", question.answers), ("subquestions", question.subs)):
        if parts:
            form.notes.lost("parts_unused", construct, question.code, ", ".join(one.code for one in parts))


def relevance(form: Form, text: str, construct: str, where: str) -> Expr | None:
    """A relevance; `1` and nothing mean always, and are no conditions."""
    said = text.strip()
    if said in ("", "1", "{1}"):
        return None
    return form.expression(said.removeprefix("{").removesuffix("}") if said.startswith("{") else said, LIMESURVEY, construct, where)


def _shown(form: Form, question: Question, old: list[Condition]) -> Expr | None:
    shown = relevance(form, question.relevance, "relevance", question.code)
    if shown is None and question.relevance.strip() in ("", "1") and old:
        shown = _old_conditions(form, question, old)
    if question.on("hidden"):
        form.notes.changed("never_shown", "hidden", question.code)
        return NEVER
    return shown


def _old_conditions(form: Form, question: Question, old: list[Condition]) -> Expr | None:
    """Conditions of the old kind: any scenario; in it all questions; of one question any of its values."""
    number = form.count()
    scenarios: dict[str, dict[str, list[Expr]]] = {}
    for one in old:
        name = re.sub(r"^[+]|[{}]", "", one.field)
        op = METHODS.get(one.method.strip())
        if op is None or one.value.startswith(("@", "{")):
            form.lose(
                number,
                "expression_two_answers" if op else "expression_function",
                "condition",
                question.code,
                f"{one.field} {one.method} {one.value}",
            )
            return None
        test: Expr = Compare(op, Ref(name), Lit(one.value.strip()))
        if op == "ne":
            test = Negate(Compare("eq", Ref(name), Lit(one.value.strip())))
        scenarios.setdefault(one.scenario, {}).setdefault(f"{name} {one.method}", []).append(test)
    found = [Logic(True, tuple(Logic(False, tuple(tests)) for tests in fields.values())) for fields in scenarios.values()]
    return Origin(number, "condition", question.code, Logic(False, tuple(found)) if found else ALWAYS)


def _piped(inside: str) -> str | None:
    """The question that an insertion names; None for an expression and for what is known of the person."""
    said = inside.strip()
    if said.upper().startswith("INSERTANS:"):
        return said[10:].strip()
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*(\.(shown|NAOK|value|code|question))?", said):
        return said.partition(".")[0] if not said.endswith(".question") else None
    if found := _SGQA.fullmatch(said.partition(".")[0]):
        return found[1]
    return None
