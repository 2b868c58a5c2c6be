"""The check before publishing: what is wrong with a questionnaire, each finding tied to its question or page.

It never raises, whatever the draft looks like, and it is bounded: `reach` gives up looking rather than take long.
"""

from questionnaires.logic.definition import Definition
from questionnaires.logic.findings import Finding
from questionnaires.logic.flow_check import check_flow
from questionnaires.logic.parts_check import check_parts
from questionnaires.logic.question_check import check_question
from questionnaires.logic.reach_check import check_reach
from questionnaires.logic.timing import estimated_seconds
from questionnaires.logic.whole_check import check_whole
from questionnaires.logic.words import STANDARD, WordLists

__all__ = ["check", "estimated_seconds"]


def check(definition: Definition, lists: WordLists = STANDARD) -> list[Finding]:
    """All findings: of the whole, then in the order of the pages and questions, then of what comes after; none at all is good."""
    flow = check_flow(definition)
    reach = check_reach(definition, broken={(one.question, one.page) for one in flow if one.stops})
    found = list(check_whole(definition, lists))
    for page in definition.pages:
        found += [one for one in (*flow, *reach) if one.question is None and one.page == page.id]
        for question in page.questions:
            found += check_question(question, definition, lists)
            found += [one for one in (*flow, *reach) if one.question == question.code]
    found += check_parts(definition, lists)
    found += [one for one in (*flow, *reach) if one.question is None and one.page is None]
    return list(dict.fromkeys(found))
