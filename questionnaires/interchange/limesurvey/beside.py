"""What LimeSurvey keeps beside its questions: quotas, assessments, groups and questions in random order."""

from questionnaires.interchange.carrying.files import number_of, whole_of
from questionnaires.interchange.carrying.form import Close, Form, Limit, Sheet
from questionnaires.interchange.expressions.translate import Target
from questionnaires.interchange.expressions.tree import Compare, Expr, Lit, Logic, Origin, Ref
from questionnaires.interchange.limesurvey.model import Group, Question, Quota, Survey
from questionnaires.logic.outcome import SCORE

WORTH = "assessment"


def quotas(form: Form, survey: Survey) -> None:
    """Quotas: of one question any of the codes, of several questions each; one that is switched off is told of."""
    by_id = {question.qid: question for group in survey.groups for question in group.questions}
    for quota in survey.quotas:
        limit, counted = whole_of(quota.limit), _counted(quota, by_id)
        if not quota.active or limit is None or limit < 1 or counted is None:
            form.notes.lost("quota", "quota", quota.name, "" if quota.active else "active = 0")
            continue
        message = {language: text for language, text in quota.message.items() if text.strip()}
        form.quotas.append(Limit(quota.name, Origin(form.count(), "quota", quota.name, counted), limit, message))


def _counted(quota: Quota, questions: dict[str, Question]) -> Expr | None:
    found: list[Expr] = []
    for qid, codes in quota.members.items():
        question = questions.get(qid)
        if question is None:
            return None
        tests = tuple(_member(question, code) for code in codes)
        found.append(tests[0] if len(tests) == 1 else Logic(False, tests))
    if not found:
        return None
    return found[0] if len(found) == 1 else Logic(True, tuple(found))


def _member(question: Question, code: str) -> Expr:
    """One answer that counts: a choice, a tick, a row with its value (`SQ1-3`), or a language."""
    if question.letter == "I":
        return Compare("eq", Ref("LANG"), Lit(code))
    if question.letter in ("M", "P"):
        return Compare("eq", Ref(f"{question.code}_{code}"), Lit("Y"))
    row, _, value = code.rpartition("-")
    if row and any(one.code == row for one in question.subs):
        return Compare("eq", Ref(f"{question.code}_{row}"), Lit(value))
    return Compare("eq", Ref(question.code), Lit(code))


def assessments(form: Form, survey: Survey) -> None:
    """The score of all options, and closing pages by it; words for the score of one group are told of."""
    if survey.settings.get("assessments") != "Y":
        for one in survey.assessments:
            form.notes.lost("assessment", "assessments", next(iter(one.name.values()), ""), "assessments = N")
        return
    asks = [ask for sheet in form.sheets for ask in sheet.asks]
    scored = [ask.name for ask in asks if ask.options and all(part.score is not None for part in ask.options)]
    if scored:
        form.scores.append((WORTH, scored, False))
        form.fields[WORTH] = Target(f"{SCORE}{WORTH}", "number")
    for number, one in enumerate(survey.assessments, 1):
        name = next((name for name in one.name.values() if name), f"{WORTH}_{number}")
        least, most = number_of(one.least), number_of(one.most)
        if one.scope != "T" or not scored or least is None or most is None:
            form.notes.lost("assessment", "assessments", name, f"{one.scope} {one.least}–{one.most}")
            continue
        test = Logic(True, (Compare("ge", Ref(WORTH), Lit(least)), Compare("le", Ref(WORTH), Lit(most))))
        form.closes.append(Close(name, Origin(form.count(), "assessments", name, test), dict(one.text)))


def mixed(sheet: Sheet, group: Group) -> None:
    """A page all of whose questions are mixed among themselves."""
    names = {question.has("random_group") for question in group.questions}
    if len(names) == 1 and len(group.questions) > 1 and "" not in names:
        sheet.shuffle = True
        for question in group.questions:
            del question.attributes["random_group"]


def blocks(form: Form, survey: Survey) -> None:
    """Groups of one randomisation group that follow one another become a block."""
    found: dict[str, list[int]] = {}
    for number, group in enumerate(survey.groups):
        if group.random.strip():
            found.setdefault(group.random.strip(), []).append(number)
    for name, places in found.items():
        if len(places) < 2:
            continue
        if places[-1] - places[0] != len(places) - 1:
            form.notes.lost("block", "randomization_group", name)
        else:
            form.blocks.append((name, [form.sheets[place].name for place in places], None))
